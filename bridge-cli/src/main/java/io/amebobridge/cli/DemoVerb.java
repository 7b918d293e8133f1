package io.amebobridge.cli;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.cli.demo.Demo;
import io.amebobridge.cli.demo.DemoBroker;
import io.amebobridge.cli.demo.DemoOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code amebo demo}. */
@Command(
    name = "demo",
    description = {
      "Runs the main job on embedded defaults: a real broker, the Amebo server, a webhook receiver"
          + " and the bridge, which is killed (kill -9) half-way and started again.",
      "Ends with a verdict; exit code 0 only if nothing was lost and nothing is there twice."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  amebo demo --messages 50000 --json",
      "  amebo demo --source rabbitmq",
      "  amebo demo --source rabbitmq --broker amqp://guest:guest@localhost",
      "  amebo demo --source aws"
    })
final class DemoVerb implements Callable<Integer> {
  @Option(
      names = "--source",
      paramLabel = "BROKER",
      defaultValue = "kafka",
      description =
          "kafka, rabbitmq or aws (default: ${DEFAULT-VALUE}). Kafka comes along. RabbitMQ is run"
              + " from the programs that are installed, as a node of the demo's own; where there are"
              + " none, an embedded AMQP broker stands in for it, and the verdict says so. aws is"
              + " SNS topics with SQS queues, a standard and a FIFO one; ElasticMQ and a stand-in for"
              + " SNS come along, and the verdict says so.")
  private String source = "kafka";

  @Option(
      names = "--broker",
      paramLabel = "URI",
      description =
          "A RabbitMQ that is running already: amqp://user:password@host/virtual-host, or amqps://."
              + " With --source aws an endpoint for SNS and SQS that takes any credentials, such as"
              + " LocalStack's http://localhost:4566. What the demo makes there has new names, and"
              + " is removed at the end.")
  private @Nullable String broker;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Messages to produce (default: ${DEFAULT-VALUE}).")
  private int messages;

  @Option(names = "--json", description = "The verdict as one JSON object on standard output.")
  private boolean json;

  @Option(
      names = "--keep",
      description =
          "Leave everything running after the verdict until stopped. With --json the first line says"
              + " where: {\"endpoints\": {...}, \"config\": \"...\"}.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    if (messages < 2 || messages > 10_000_000) {
      throw new Failures.WrongUsage("--messages: got " + messages + ", allowed: 2 to 10000000");
    }
    DemoOptions options = new DemoOptions(messages, json, keep);
    boolean good = new Demo(options, opening(), Output.reports(), System.err).run();
    return good ? Main.DONE : Main.FAILED;
  }

  private DemoBroker.Opening opening() {
    return switch (source) {
      case "kafka" -> kafka();
      case "rabbitmq" -> rabbitmq();
      case "aws" -> aws();
      default ->
          throw new Failures.WrongUsage(
              "--source: got " + source + ", allowed: kafka, rabbitmq, aws");
    };
  }

  private DemoBroker.Opening kafka() {
    if (broker != null) {
      throw new Failures.WrongUsage(
          "--broker: only with --source rabbitmq or aws; Kafka comes along");
    }
    return DemoBroker.kafka(brokerLib());
  }

  private static String brokerLib() {
    String brokerLib = System.getProperty("amebo.broker.lib");
    if (brokerLib != null) return brokerLib;
    throw new IllegalStateException(
        "the demo needs the servers that come along: start it as bin/amebo demo");
  }

  private DemoBroker.Opening aws() {
    if (broker == null) return DemoBroker.aws(brokerLib());
    String problem = DemoBroker.problemOfAws(broker);
    if (problem == null) return DemoBroker.awsAt(broker);
    throw new Failures.WrongUsage(
        "--broker: " + problem + ", allowed: such as http://localhost:4566");
  }

  private DemoBroker.Opening rabbitmq() {
    if (broker != null) {
      String problem = DemoBroker.problem(broker);
      if (problem == null) return DemoBroker.rabbitmqAt(broker);
      throw new Failures.WrongUsage(
          "--broker: " + problem + ", allowed: amqp://user:password@host:5672/virtual-host");
    }
    if (RabbitProcess.isInstalled()) return DemoBroker.rabbitmq();
    String brokerLib = System.getProperty("amebo.broker.lib");
    if (brokerLib != null) return DemoBroker.embeddedAmqp(brokerLib);
    throw new Failures.WrongUsage(
        "--source rabbitmq: no RabbitMQ is installed here (Debian, Ubuntu: apt-get install"
            + " rabbitmq-server; else set RABBITMQ_HOME); or name one that runs: --broker"
            + " amqp://guest:guest@localhost");
  }
}
