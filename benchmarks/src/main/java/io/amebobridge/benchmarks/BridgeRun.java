package io.amebobridge.benchmarks;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/**
 * The bridge from a broker to our server on SQLite, beside the loop that a user would write, on the
 * same machine in the same run. Broker, server, load and receiver share the cores with what is
 * measured. Options of a command, and what it does with them.
 */
final class BridgeRun {
  static final String BRIDGE = "amebo run";
  static final String BARE = "this machine, bare";
  private static final long UNTIMED = 0;

  /** Seldom, as looking costs what is looked at. */
  private static final long LOOK_MILLIS = 250;

  /** The loop is not given more to do than it can do. */
  private static final int SHARE_OF_LOOP = 5;

  @Option(
      names = "--messages",
      description =
          "In the queue at the start; a fifth of it for the loop (default: ${DEFAULT-VALUE}).")
  int messages = 200_000;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load before a measurement, or half of the messages if that is less: a JVM"
              + " compiles what it runs (default: ${DEFAULT-VALUE}).")
  double warmUp = 15;

  @Option(names = "--seconds", description = "For each measurement (default: ${DEFAULT-VALUE}).")
  double seconds = 5;

  @Option(
      names = "--rate",
      description = "Messages/s for the latency; 0 leaves that out (default: ${DEFAULT-VALUE}).")
  int rate = 300;

  @Option(names = "--runs", description = "Runs; medians are printed (default: ${DEFAULT-VALUE}).")
  int runs = 3;

  @Option(
      names = "--dir",
      description =
          "Where everything is written: its disk is measured (default: ${DEFAULT-VALUE}).")
  Path dir = Path.of("benchmarks/target/data");

  @Option(names = "--no-baseline", description = "Leaves the loop out.")
  boolean noBaseline;

  private final Vertx vertx = Vertx.vertx();

  /** A queue of its own. */
  interface Feeds {
    Feed open() throws Exception;
  }

  /** What is measured: it begins to move what is in a queue. */
  private interface Opening {
    Mover open(Feed feed, AmeboTarget amebo, Path dir) throws Exception;
  }

  /** What a command measures. */
  interface Measuring {
    void run(Engine engine, Path work) throws Exception;
  }

  /** In a directory that is gone afterwards. */
  void in(Measuring measuring) throws Exception {
    Path work = Files.createTempDirectory(Files.createDirectories(dir), "run");
    try (Engine engine = new Engine("sqlite", work)) {
      measuring.run(engine, work);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      try (var files = Files.walk(work)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  /** The first line of what is printed. */
  void head(String broker) {
    System.out.printf(
        "%d cores, Java %s, %s, %d runs of %s s after %s s of load; medians (least–most)%n%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        broker,
        runs,
        seconds,
        warmUp);
  }

  /** What machine and broker give without us. */
  void bare(Feeds feeds, String broker, String sent, String taken, Figures machine)
      throws Exception {
    try (Feed feed = feeds.open()) {
      int count = messages / SHARE_OF_LOOP;
      String payload = ServerBenchmark.payload(UNTIMED);
      machine.add(broker + " alone: " + sent + "/s", BARE, feed.fill(count, payload));
      machine.add(broker + " alone: " + taken + "/s", BARE, feed.drain(count));
    }
  }

  /** Bridge and loop, one after the other. */
  void measure(Feeds feeds, Engine engine, String loop, Figures figures) throws Exception {
    measure(feeds, engine, BRIDGE, Mover::bridge, figures, messages);
    if (!noBaseline) {
      measure(feeds, engine, loop, Mover::plainLoop, figures, messages / SHARE_OF_LOOP);
    }
  }

  private void measure(
      Feeds feeds, Engine engine, String name, Opening opening, Figures figures, int count)
      throws Exception {
    Path place = Files.createTempDirectory(dir, "mover");
    try (AmeboTarget amebo = engine.amebo();
        Feed feed = feeds.open()) {
      feed.fill(count, ServerBenchmark.payload(UNTIMED));
      try (Mover mover = opening.open(feed, amebo, place)) {
        rate(amebo, mover, count, name, figures);
        figures.add("after load, resident MB", name, mover.residentMegabytes());
      }
    }
    if (rate == 0) return;
    try (AmeboTarget amebo = engine.amebo();
        Feed feed = feeds.open();
        Mover mover = opening.open(feed, amebo, place)) {
      latency(amebo, feed, name, figures);
      figures.add("at " + rate + "/s, resident MB", name, mover.residentMegabytes());
    }
  }

  /** By what Amebo has stored: the same for all. */
  private void rate(AmeboTarget amebo, Mover mover, int count, String name, Figures figures)
      throws Exception {
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
    boolean all = first >= count;
    long began = all ? start : System.nanoTime();
    double used = all ? 0 : mover.processorSeconds();
    long before = all ? 0 : first;
    long end = began + nanos(seconds);
    long last = first;
    while (last < count && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      last = amebo.stored();
    }
    double moved = last - before;
    figures.add("messages/s, from a full queue", name, moved / ((System.nanoTime() - began) / 1e9));
    figures.add(
        "processor time a message, µs", name, (mover.processorSeconds() - used) * 1e6 / moved);
  }

  /** From when a message was due to be published until its webhook was called. */
  private void latency(AmeboTarget amebo, Feed feed, String name, Figures figures)
      throws Exception {
    try (Sink sink = new Sink(vertx)) {
      amebo.subscribe(sink.port());
      long sent = feed.openLoop(Duration.ofNanos(nanos(warmUp)), rate, ServerBenchmark::payload);
      sink.await(sent, 60);
      sink.delivered = Sink.histogram();
      sent += feed.openLoop(time(2), rate, ServerBenchmark::payload);
      sink.await(sent, 60);
      for (double p : new double[] {50, 99}) {
        figures.add(
            "at " + rate + "/s, published to delivered, ms: p" + (int) p,
            name,
            sink.delivered.getValueAtPercentile(p) / 1e3);
      }
    }
  }

  Duration time(double share) {
    return Duration.ofNanos(nanos(seconds * share));
  }

  private static long nanos(double seconds) {
    return Math.max(1, Math.round(seconds * 1e9));
  }
}
