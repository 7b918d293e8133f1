package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.testkit.TestAws;
import io.amebobridge.testkit.TestRabbit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.JsonNode;

/**
 * The demo on RabbitMQ and on AWS's services, from its start to its verdict; bin/test runs those on
 * what comes along.
 */
@Timeout(180)
class DemoTest {
  private static final int MESSAGES = 3000;

  private static Cli rabbitmq(Object... more) {
    return demo("rabbitmq", more);
  }

  private static Cli demo(String source, Object... more) {
    Object[] all = new Object[5 + more.length];
    Object[] first = {"demo", "--source", source, "--messages", MESSAGES};
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return Cli.run(all);
  }

  private static void assertGood(Cli cli, String broker) {
    assertThat(cli.exitCode()).as(cli.out() + cli.err()).isZero();
    JsonNode verdict = cli.json();
    assertThat(verdict.path("broker").asString()).startsWith(broker);
    for (String all : new String[] {"produced", "events", "delivered"}) {
      assertThat(verdict.path(all).asInt()).as(all).isEqualTo(MESSAGES);
    }
    for (String none : new String[] {"lost", "duplicates", "outOfOrder", "deadLettered"}) {
      assertThat(verdict.path(none).asInt(-1)).as(none).isZero();
    }
    assertThat(verdict.path("kills").asInt()).isEqualTo(1);
    assertThat(verdict.path("messagesPerSecond").asInt()).isPositive();
  }

  @Test
  void aNodeOfItsOwn() {
    TestRabbit.requireInstalled();
    Cli cli = rabbitmq("--json");
    assertGood(cli, "RabbitMQ 3.");
    assertThat(cli.err())
        .contains("a real RabbitMQ node", "exchange order, queue analytics", "killed -9")
        .doesNotContain("logs and data are left");
  }

  @Test
  void aBrokerOfTheUsersIsLeftAsItWas() throws Exception {
    RabbitProcess node = TestRabbit.shared().node();
    RabbitVirtualHost host = node.newVirtualHost();
    String queues = "/api/queues/" + host.name();
    String exchanges = "/api/exchanges/" + host.name();
    String before = names(node, exchanges);
    Cli cli = rabbitmq("--json", "--broker", host.uri());
    assertGood(cli, "RabbitMQ 3.");
    assertThat(cli.err())
        .containsPattern("order-demo-[0-9a-f]{8}, queue analytics-demo-[0-9a-f]{8}")
        .contains("removed at the end")
        .doesNotContain(host.password());
    assertThat(names(node, queues)).isEqualTo("[]");
    assertThat(names(node, exchanges)).isEqualTo(before);
  }

  /** SNS and SQS of another make than those that come along, which bin/test runs. */
  @Test
  void anEndpointForAwsOfTheUsersIsLeftAsItWas() throws Exception {
    String endpoint = TestAws.shared().server().endpoint();
    Cli cli = demo("aws", "--json", "--broker", endpoint);
    assertGood(cli, "SNS and SQS at " + endpoint);
    assertThat(cli.err())
        .containsPattern("order-paid-demo-[0-9a-f]{8}.fifo")
        .contains("removed at the end")
        .doesNotContain("could not be removed");
    try (SqsClient sqs = AwsOfTests.sqs(endpoint);
        SnsClient sns = AwsOfTests.sns(endpoint)) {
      assertThat(sqs.listQueues().queueUrls()).noneMatch(q -> q.contains("-demo-"));
      assertThat(sns.listTopics().topics()).noneMatch(t -> t.topicArn().contains("-demo-"));
      assertThat(sns.listSubscriptions().subscriptions())
          .noneMatch(s -> s.topicArn().contains("-demo-"));
    }
  }

  private static String names(RabbitProcess node, String path) throws Exception {
    return node.management().get(path + "?columns=name");
  }

  @Test
  void aBrokerThatIsNotThere() {
    Cli cli = rabbitmq("--broker", "amqp://guest:a-pass-word@127.0.0.1:1");
    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("127.0.0.1:1").contains("refused").doesNotContain("a-pass-word");
  }

  @Test
  void wrongUses() {
    assertWrong(Cli.run("demo", "--source", "rabitmq"), "--source: got rabitmq", "rabbitmq, aws");
    assertWrong(demo("aws", "--broker", "localhost:4566"), "--broker", "http://localhost:4566");
    assertWrong(demo("aws", "--broker", "http://me:pass word@host"), "--broker", "character");
    assertWrong(Cli.run("demo", "--broker", "amqp://localhost"), "--broker", "--source rabbitmq");
    assertWrong(rabbitmq("--broker", "localhost:5672"), "--broker", "amqp://");
    assertWrong(rabbitmq("--broker", "amqp://me:pass word@host"), "--broker", "character");
  }

  private static void assertWrong(Cli cli, String... says) {
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).contains(says).doesNotContain("pass word", "Exception");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void itsHelp() {
    Cli cli = Cli.run("demo", "--help");
    assertThat(cli.out())
        .contains("--source=BROKER", "kafka, rabbitmq or aws", "--broker=URI")
        .contains("amebo demo --source rabbitmq", "amebo demo --source aws");
  }
}
