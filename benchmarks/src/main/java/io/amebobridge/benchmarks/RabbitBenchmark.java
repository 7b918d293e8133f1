package io.amebobridge.benchmarks;

import io.amebobridge.brokers.RabbitProcess;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The bridge from RabbitMQ, beside the loop that the migration guide writes. */
@Command(
    name = "benchmark rabbitmq",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the bridge from RabbitMQ beside a plain consume-POST-ack loop; prints Markdown.",
      "Needs RabbitMQ's programs; the node is its own."
    })
final class RabbitBenchmark implements Callable<Integer> {
  private static final String LOOP = "consume-POST-ack loop";

  @Mixin private BridgeRun run = new BridgeRun();

  /** {@code bin/benchmark rabbitmq}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RabbitBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    run.in(
        (engine, work) -> {
          try (RabbitProcess node = RabbitProcess.in(work.resolve("rabbitmq"))) {
            node.start();
            measure(node, engine);
          }
        });
    return 0;
  }

  private void measure(RabbitProcess node, Engine engine) throws Exception {
    run.head("RabbitMQ " + version(node));
    Figures figures = new Figures();
    Figures machine = new Figures();
    for (int n = 1; n <= run.runs; n++) {
      System.err.println("run " + n + " of " + run.runs);
      machine.add("fsyncs/s of 4 KiB", BridgeRun.BARE, Machine.fsyncs(run.dir, run.time(0.2)));
      run.bare(() -> new RabbitFeed(node), "RabbitMQ", "confirmed", "consumed", machine);
      run.measure(() -> new RabbitFeed(node), engine, LOOP, figures);
    }
    System.out.println(figures.table(BridgeRun.BRIDGE, LOOP));
    System.out.println(machine.table(BridgeRun.BARE, "–"));
  }

  private static String version(RabbitProcess node) throws Exception {
    String overview = node.management().get("/api/overview?columns=rabbitmq_version");
    return overview.replaceAll(".*\"([0-9.]+)\".*", "$1");
  }
}
