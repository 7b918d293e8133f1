package io.amebobridge.cli;

import io.amebobridge.cli.demo.Demo;
import io.amebobridge.cli.demo.DemoOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code amebo demo}. */
@Command(
    name = "demo",
    description = {
      "Runs the main job on embedded defaults: a real Kafka broker, the Amebo server, a webhook"
          + " receiver and the bridge, which is killed (kill -9) half-way and started again.",
      "Ends with a verdict; exit code 0 only if nothing was lost and nothing is there twice."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  amebo demo --messages 50000 --json")
final class DemoVerb implements Callable<Integer> {
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
    String brokerLib = System.getProperty("amebo.broker.lib");
    if (brokerLib == null) {
      throw new IllegalStateException("the demo needs Kafka's server: start it as bin/amebo demo");
    }
    boolean good =
        new Demo(new DemoOptions(messages, json, keep, brokerLib), Output.reports(), System.err)
            .run();
    return good ? Main.DONE : Main.FAILED;
  }
}
