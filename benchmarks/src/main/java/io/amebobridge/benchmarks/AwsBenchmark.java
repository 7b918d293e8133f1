package io.amebobridge.benchmarks;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The bridge from SQS, beside the loop that a user would write: a long poll of ten, a POST for each
 * message, a DeleteMessage after each.
 */
@Command(
    name = "benchmark aws",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the bridge from SQS beside a plain receive-POST-delete loop; prints Markdown.",
      "SQS is a stand-in on this machine, not AWS's."
    })
final class AwsBenchmark implements Callable<Integer> {
  private static final String LOOP = "receive-POST-delete loop";

  @Mixin private BridgeRun run = new BridgeRun();

  @Option(names = "--server", description = "elasticmq, fauxqs (default: ${DEFAULT-VALUE}).")
  private String server = "elasticmq";

  @Option(names = "--queues", split = ",", description = "standard, fifo (default: both).")
  private List<String> queues = List.of("standard", "fifo");

  @Option(names = "--groups", description = "Of a FIFO queue (default: ${DEFAULT-VALUE}).")
  private int groups = 20;

  @Option(
      names = "--away",
      description =
          "Milliseconds from what is measured to SQS, and as many back (default:"
              + " ${DEFAULT-VALUE}).")
  private int away;

  @Option(
      names = "--receivers",
      description = "The bridge's receives under way (default: the bridge's own default).")
  private int receivers;

  @Option(names = "--bare", description = "Measures the server alone.")
  private boolean bareOnly;

  /** {@code bin/benchmark aws}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new AwsBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    run.in(
        (engine, work) -> {
          Path place = java.nio.file.Files.createDirectories(work.resolve("sqs"));
          try (SqsServer sqs = SqsServer.start(server, place, away)) {
            run.head(sqs.name() + (away == 0 ? "" : ", " + away + " ms away"));
            for (String kind : queues) measure(sqs, grouped(kind), engine);
          }
        });
    return 0;
  }

  /** Its groups; 0: none. */
  private int grouped(String kind) {
    return switch (kind) {
      case "standard" -> 0;
      case "fifo" -> groups;
      default ->
          throw new IllegalArgumentException("--queues: got " + kind + ", allowed: standard, fifo");
    };
  }

  private void measure(SqsServer sqs, int grouped, Engine engine) throws Exception {
    String what = grouped > 0 ? "FIFO queue, " + grouped + " groups" : "Standard queue";
    URI seen = sqs.asSeen();
    BridgeRun.Feeds feeds = () -> new SqsFeed(sqs.endpoint(), seen, grouped, receivers);
    Figures figures = new Figures();
    Figures machine = new Figures();
    for (int n = 1; n <= run.runs; n++) {
      System.err.println(what + ", run " + n + " of " + run.runs);
      run.bare(feeds, sqs.name(), "sent", "received and deleted", machine);
      if (!bareOnly) run.measure(feeds, engine, LOOP, figures);
    }
    System.out.println("**" + what + "**\n");
    if (!bareOnly) System.out.println(figures.table(BridgeRun.BRIDGE, LOOP));
    System.out.println(machine.table(BridgeRun.BARE, "–"));
  }
}
