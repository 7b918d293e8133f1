package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.testkit.TestAws;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code amebo inventory}, of SQS and SNS on this machine. */
class AwsInventoryVerbTest {
  @TempDir Path dir;
  private final String queue = TestAws.unique("orders");
  private String endpoint;

  @BeforeEach
  void prepare() throws Exception {
    endpoint = TestAws.shared().server().endpoint();
    HttpRequest create =
        HttpRequest.newBuilder(URI.create(endpoint + "/"))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "AmazonSQS.CreateQueue")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"QueueName\":\"%s\",\"Attributes\":{\"DelaySeconds\":\"5\"}}"
                        .formatted(queue)))
            .build();
    int status =
        HttpClient.newHttpClient()
            .send(create, HttpResponse.BodyHandlers.discarding())
            .statusCode();
    assertThat(status).isEqualTo(200);
  }

  private Cli inventory(String at, String... more) throws Exception {
    String yaml =
        """
        amebo: {url: "http://127.0.0.1:1", application: a, secret: an-application-secret}
        sources:
          shop:
            sqs: {region: %s, endpoint: "%s", accessKeyId: an-id, secretAccessKey: a-hushed-key}
            queue: %s
            read: takeover
        routes:
          - from: {source: shop}
        deadLetters: {file: letters}
        """
            .formatted(FauxqsProcess.REGION, at, queue);
    Object[] all = new Object[3 + more.length];
    all[0] = "inventory";
    all[1] = "--config";
    all[2] = TestConfigs.write(dir, yaml);
    System.arraycopy(more, 0, all, 3, more.length);
    Cli cli = Cli.run(all);
    assertThat(cli.out() + cli.err()).doesNotContain("a-hushed-key");
    return cli;
  }

  @Test
  void asTables() throws Exception {
    Cli cli = inventory(endpoint);
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("shop: queues in us-east-1", "shop: what wants a look in us-east-1")
        .containsPattern("  queue +type +ready +in flight")
        .containsPattern("  " + queue + " +standard +0 +0 +0")
        .containsPattern("  queue " + queue + " +delays each message by 5 s");
  }

  @Test
  void asJson() throws Exception {
    Cli cli = inventory(endpoint, "--json");
    assertThat(cli.exitCode()).as(cli.err()).isZero();
    JsonNode shop = cli.json().path("sources").path("shop");
    assertThat(shop.path("queues").values())
        .filteredOn(q -> q.path("name").asString("").equals(queue))
        .singleElement()
        .satisfies(q -> assertThat(q.path("delaySeconds").asInt(0)).isEqualTo(5));
    assertThat(shop.has("warnings")).isTrue();
  }
}
