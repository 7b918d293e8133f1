package io.amebobridge.benchmarks;

import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The bridge from RabbitMQ to our server on SQLite, beside the loop that the migration guide
 * writes, on the same machine in the same run. Broker, server, load and receiver share the cores
 * with what is measured.
 */
@Command(
    name = "benchmark rabbitmq",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the bridge from RabbitMQ beside a plain consume-POST-ack loop; prints Markdown.",
      "Needs RabbitMQ's programs; the node is its own."
    })
final class RabbitBenchmark implements Callable<Integer> {
  private static final String BRIDGE = "amebo run";
  private static final String LOOP = "consume-POST-ack loop";
  private static final String BARE = "this machine, bare";
  private static final long UNTIMED = 0;

  /** Seldom, as looking costs what is looked at. */
  private static final long LOOK_MILLIS = 250;

  /** The loop is not given more to do than it can do. */
  private static final int SHARE_OF_LOOP = 5;

  @Option(
      names = "--messages",
      description =
          "In the queue at the start; a fifth of it for the loop (default: ${DEFAULT-VALUE}).")
  private int messages = 200_000;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load before a measurement, or half of the messages if that is less: a JVM"
              + " compiles what it runs (default: ${DEFAULT-VALUE}).")
  private double warmUp = 15;

  @Option(names = "--seconds", description = "For each measurement (default: ${DEFAULT-VALUE}).")
  private double seconds = 5;

  @Option(names = "--rate", description = "Messages/s for the latency (default: ${DEFAULT-VALUE}).")
  private int rate = 300;

  @Option(names = "--runs", description = "Runs; medians are printed (default: ${DEFAULT-VALUE}).")
  private int runs = 3;

  @Option(
      names = "--dir",
      description =
          "Where everything is written: its disk is measured (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("benchmarks/target/data");

  @Option(names = "--no-baseline", description = "Leaves the loop out.")
  private boolean noBaseline;

  private final Vertx vertx = Vertx.vertx();

  /** {@code bin/benchmark rabbitmq}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RabbitBenchmark()).execute(arguments));
  }

  private interface Opening {
    Mover open(String rabbit, AmeboTarget amebo, Path dir) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory(Files.createDirectories(dir), "run");
    try (RabbitProcess node = RabbitProcess.in(work.resolve("rabbitmq"));
        Engine engine = new Engine("sqlite", work)) {
      node.start();
      System.out.printf(
          "%d cores, Java %s, RabbitMQ %s, %d runs of %s s after %s s of load; medians"
              + " (least–most)%n%n",
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.version"),
          version(node),
          runs,
          seconds,
          warmUp);
      Figures figures = new Figures();
      Figures machine = new Figures();
      for (int run = 1; run <= runs; run++) {
        System.err.println("run " + run + " of " + runs);
        bare(node, machine);
        measure(node, engine, BRIDGE, Mover::bridge, figures, messages);
        if (!noBaseline) {
          measure(node, engine, LOOP, Mover::plainLoop, figures, messages / SHARE_OF_LOOP);
        }
      }
      System.out.println(figures.table(BRIDGE, LOOP));
      System.out.println(machine.table(BARE, "–"));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      try (var files = Files.walk(work)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    return 0;
  }

  private static String version(RabbitProcess node) throws Exception {
    String overview = node.management().get("/api/overview?columns=rabbitmq_version");
    return overview.replaceAll(".*\"([0-9.]+)\".*", "$1");
  }

  private void bare(RabbitProcess node, Figures machine) throws Exception {
    machine.add("fsyncs/s of 4 KiB", BARE, Machine.fsyncs(dir, time(0.2)));
    RabbitVirtualHost host = node.newVirtualHost();
    try (RabbitLoad load = new RabbitLoad(host.uri())) {
      int count = messages / SHARE_OF_LOOP;
      machine.add(
          "RabbitMQ alone: confirmed/s", BARE, load.fill(count, ServerBenchmark.payload(UNTIMED)));
      machine.add("RabbitMQ alone: consumed/s", BARE, load.drain(count));
    }
    host.delete();
  }

  private void measure(
      RabbitProcess node, Engine engine, String name, Opening opening, Figures figures, int count)
      throws Exception {
    Path place = Files.createTempDirectory(dir, "mover");
    RabbitVirtualHost host = node.newVirtualHost();
    try (AmeboTarget amebo = engine.amebo();
        RabbitLoad load = new RabbitLoad(host.uri())) {
      load.fill(count, ServerBenchmark.payload(UNTIMED));
      try (Mover mover = opening.open(host.uri(), amebo, place)) {
        figures.add("messages/s, from a full queue", name, rate(amebo, count));
        figures.add("after load, resident MB", name, mover.residentMegabytes());
      }
    }
    host.delete();
    RabbitVirtualHost another = node.newVirtualHost();
    try (AmeboTarget amebo = engine.amebo();
        RabbitLoad load = new RabbitLoad(another.uri());
        Mover mover = opening.open(another.uri(), amebo, place)) {
      latency(amebo, load, name, figures);
      figures.add("at " + rate + "/s, resident MB", name, mover.residentMegabytes());
    }
    another.delete();
  }

  /** By what Amebo has stored: the same for all. */
  private double rate(AmeboTarget amebo, int count) throws Exception {
    long start = System.nanoTime();
    long first = 0;
    while (first < count / 2 && (first == 0 || System.nanoTime() - start < nanos(warmUp))) {
      if (System.nanoTime() - start > nanos(warmUp + 60)) {
        throw new IllegalStateException("nothing was stored; logs are in " + dir);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      first = amebo.stored();
    }
    // messages too few for a warm-up: of all of them, the start included
    if (first >= count) return count / ((System.nanoTime() - start) / 1e9);
    long began = System.nanoTime();
    long end = began + nanos(seconds);
    long last = first;
    while (last < count && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      last = amebo.stored();
    }
    return (last - first) / ((System.nanoTime() - began) / 1e9);
  }

  /** From when a message was due to be published until its webhook was called. */
  private void latency(AmeboTarget amebo, RabbitLoad load, String name, Figures figures)
      throws Exception {
    try (Sink sink = new Sink(vertx)) {
      amebo.subscribe(sink.port());
      long sent = load.openLoop(Duration.ofNanos(nanos(warmUp)), rate, ServerBenchmark::payload);
      sink.await(sent, 60);
      sink.delivered = Sink.histogram();
      sent += load.openLoop(time(2), rate, ServerBenchmark::payload);
      sink.await(sent, 60);
      for (double p : new double[] {50, 99}) {
        figures.add(
            "at " + rate + "/s, published to delivered, ms: p" + (int) p,
            name,
            sink.delivered.getValueAtPercentile(p) / 1e3);
      }
    }
  }

  private Duration time(double share) {
    return Duration.ofNanos(nanos(seconds * share));
  }

  private static long nanos(double seconds) {
    return Math.max(1, Math.round(seconds * 1e9));
  }
}
