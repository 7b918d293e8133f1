package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.testkit.FaultyAws;
import io.amebobridge.testkit.TestAws;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;

/** {@code amebo check} and {@code amebo test}, of a bridge that reads SQS. */
class CheckAwsTest {
  private static final String KEY = "a-secret-key-that-nobody-may-see";

  @TempDir private Path dir;
  private TestAmebo amebo;
  private String endpoint;
  private String queue;
  private SqsClient sqs;

  @BeforeEach
  void aQueueWithMessages() throws Exception {
    endpoint = TestAws.shared().server().endpoint();
    amebo = TestAmebo.start(dir);
    queue = TestAws.unique("orders");
    sqs = AwsOfTests.sqs(endpoint);
    String url = sqs.createQueue(q -> q.queueName(queue)).queueUrl();
    for (int n = 0; n < 3; n++) {
      String body = "{\"type\":\"created\",\"data\":{\"seq\":%d}}".formatted(n);
      sqs.sendMessage(m -> m.queueUrl(url).messageBody(body));
    }
  }

  @AfterEach
  void stop() {
    if (sqs != null) sqs.close();
    if (amebo != null) amebo.close();
  }

  private String yaml(String at, String of) {
    return """
        amebo: {url: "%s", application: %s, secret: %s}
        sources:
          shop:
            sqs: {region: us-east-1, endpoint: "%s", accessKeyId: me, secretAccessKey: %s}
            queue: %s
            read: takeover
        routes:
          - from: {source: shop, queue: %6$s}
            action: user.{{ type }}
            payload: "{{ data }}"
        tests:
          - name: one that was created
            input: {queue: %6$s, body: {type: created, data: {seq: 1}}}
            expect:
              - {action: user.created, payload: {seq: 1}}
        deadLetters: {file: dead-letters}
        """
        .formatted(amebo.uri(), TestAmebo.APPLICATION, TestAmebo.SECRET.reveal(), at, KEY, of);
  }

  private Cli check(String yaml) throws Exception {
    return verb("check", yaml);
  }

  private Cli verb(String verb, String yaml) throws Exception {
    Cli cli = Cli.run(verb, "-c", Files.writeString(dir.resolve("bridge.yaml"), yaml));
    assertThat(cli.out() + cli.err()).doesNotContain(KEY);
    return cli;
  }

  @Test
  void aQueueIsSeenAndLeftAlone() throws Exception {
    Cli cli = check(yaml(endpoint, queue));
    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.out())
        .contains("1 route(s)", "credentials accepted", "SQS at " + endpoint)
        .contains("queue " + queue + " (standard): about 3 messages, 0 in flight")
        .contains("read: takeover", "needs these permissions");
    String url = sqs.getQueueUrl(q -> q.queueName(queue)).queueUrl();
    assertThat(sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10)).messages())
        .as("it takes nothing")
        .hasSize(3);
  }

  @Test
  void anEndpointThatIsAway() throws Exception {
    String nowhere = "http://127.0.0.1:" + FreePorts.next();
    long start = System.nanoTime();
    Cli cli = check(yaml(nowhere, queue));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out())
        .contains("FAILED   source shop", nowhere, "credentials accepted")
        .endsWith("1 failed\n");
  }

  @Test
  void aQueueThatIsNotThere() throws Exception {
    String missing = TestAws.unique("no-such-queue");
    Cli cli = check(yaml(endpoint, missing));
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.out()).contains("FAILED   source shop", missing, "is not there", "create it");
    assertThat(sqs.listQueues().queueUrls()).noneMatch(q -> q.endsWith(missing));
  }

  @Test
  void keysThatMayNot() throws Exception {
    try (FaultyAws denying = new FaultyAws(endpoint)) {
      denying.fail(403, "AccessDeniedException", Map.of());
      Cli cli = check(yaml(denying.endpoint(), queue));
      assertThat(cli.exitCode()).isEqualTo(1);
      assertThat(cli.out()).contains("FAILED   source shop", queue, "sqs:GetQueueUrl");
    }
  }

  @Test
  void aWrongConfig() throws Exception {
    String wrong =
        yaml(endpoint, queue)
            .replace("read: takeover", "read: takover\n    visibility: 1500ms\n    prefech: 10")
            .replace("accessKeyId: me, ", "")
            .replace("endpoint: \"http", "endpoint: \"htp");
    Cli cli = check(wrong);
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .contains("in 5 places", "sources.shop.read", "takover", "takeover")
        .contains("sources.shop.visibility", "sources.shop.prefech")
        .contains("sources.shop.sqs.accessKeyId", "sources.shop.sqs.endpoint");
  }

  @Test
  void theMappingsOwnTests() throws Exception {
    Cli cli = verb("test", yaml("http://127.0.0.1:1", queue));
    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.out()).contains("one that was created");
  }
}
