package io.amebobridge.benchmarks;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Our server beside a hand-made outbox, on the same machine in the same run. The load and the
 * receiver share the cores with what is measured.
 */
@Command(
    name = "benchmark server",
    mixinStandardHelpOptions = true,
    description = "Measures the server beside a hand-made outbox; prints Markdown.")
final class ServerBenchmark implements Callable<Integer> {
  private static final int CONNECTIONS = 128;
  private static final int BATCH_CONNECTIONS = 4;
  private static final int BATCH = 500;
  private static final int RATE = 1000;
  private static final long UNTIMED = 0;
  private static final String FILLER = "x".repeat(120);

  @Option(names = "--engines", split = ",", description = "sqlite, postgresql (default: both).")
  private List<String> engines = List.of("sqlite", "postgresql");

  @Option(names = "--seconds", description = "For each measurement (default: ${DEFAULT-VALUE}).")
  private double seconds = 5;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load before the first measurement of a process, and half as many before each"
              + " other one: a JVM compiles what it runs. Idle it is left alone as long"
              + " (default: ${DEFAULT-VALUE}).")
  private double warmUp = 15;

  @Option(names = "--runs", description = "Runs; medians are printed (default: ${DEFAULT-VALUE}).")
  private int runs = 3;

  @Option(
      names = "--dir",
      description =
          "Where databases are written: its disk is measured (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("benchmarks/target/data");

  @Option(names = "--no-baseline", description = "Leaves the hand-made outbox out.")
  private boolean noBaseline;

  private final Vertx vertx = Vertx.vertx();

  /** {@code bin/benchmark server}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ServerBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory(Files.createDirectories(dir), "run");
    try {
      System.out.printf(
          "%d cores, Java %s, %d runs of %s s after %s s of load; medians (least–most)%n%n",
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.version"),
          runs,
          seconds,
          warmUp);
      for (String name : engines) {
        try (Engine engine = new Engine(name, work)) {
          measure(engine);
        }
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      try (var files = Files.walk(work)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    return 0;
  }

  private void measure(Engine engine) throws Exception {
    String amebo = "amebo, " + engine.name();
    String baseline = "hand-made, " + engine.name();
    String bare = "this machine, bare";
    Figures figures = new Figures();
    Figures machine = new Figures();
    for (int run = 1; run <= runs; run++) {
      System.err.println(engine.name() + ", run " + run + " of " + runs);
      machine.add("fsyncs/s of 4 KiB", bare, Machine.fsyncs(dir, time(1)));
      machine.add(
          "fsync of 4 KiB at " + RATE + "/s, ms: p99",
          bare,
          Machine.fsyncDelay(dir, RATE, time(1)));
      machine.add("inserts/s, 1 a transaction", bare, inserts(engine, 1));
      machine.add("inserts/s, 500 a transaction", bare, inserts(engine, BATCH));
      measure(engine::amebo, figures);
      if (!noBaseline) {
        measure(engine::handMade, figures);
      }
    }
    System.out.println(figures.table(amebo, baseline));
    System.out.println(machine.table(bare, "–"));
  }

  private double inserts(Engine engine, int each) throws Exception {
    try (Connection connection = engine.connect()) {
      return Machine.inserts(connection, each, payload(UNTIMED), time(2));
    }
  }

  private interface Opening {
    Target open() throws Exception;
  }

  private void measure(Opening opening, Figures figures) throws Exception {
    try (Target target = opening.open()) {
      TimeUnit.MILLISECONDS.sleep(warmUp(1).toMillis());
      figures.add("idle, resident MB", target.name(), target.residentMegabytes());
      throughput(target, figures);
      figures.add("after load, resident MB", target.name(), target.residentMegabytes());
    }
    try (Target target = opening.open()) {
      latency(target, figures);
      figures.add("start to first event stored, ms", target.name(), target.restartMillis());
    }
  }

  private void throughput(Target target, Figures figures) throws Exception {
    try (HttpLoad load = new HttpLoad(vertx, target.port(), CONNECTIONS)) {
      load.closedLoop(warmUp(1), () -> target.single(payload(UNTIMED)));
      double single = load.closedLoop(time(1), () -> target.single(payload(UNTIMED)));
      figures.add("single events/s, " + CONNECTIONS + " connections", target.name(), single);
    }
    try (HttpLoad load = new HttpLoad(vertx, target.port(), BATCH_CONNECTIONS)) {
      load.closedLoop(warmUp(0.5), () -> target.batch(BATCH, payload(UNTIMED)));
      double batches = load.closedLoop(time(1), () -> target.batch(BATCH, payload(UNTIMED)));
      figures.add("batched events/s, " + BATCH + " a request", target.name(), batches * BATCH);
    }
    try (Sink sink = new Sink(vertx)) {
      target.subscribe(sink.port());
      sink.await(1, 60);
      TimeUnit.MILLISECONDS.sleep(warmUp(0.5).toMillis());
      long before = sink.received.sum();
      long began = System.nanoTime();
      TimeUnit.MILLISECONDS.sleep(time(1).toMillis());
      double took = (System.nanoTime() - began) / 1e9;
      figures.add("deliveries/s", target.name(), (sink.received.sum() - before) / took);
    }
  }

  private void latency(Target target, Figures figures) throws Exception {
    try (Sink sink = new Sink(vertx);
        HttpLoad load = new HttpLoad(vertx, target.port(), CONNECTIONS)) {
      target.subscribe(sink.port());
      load.openLoop(warmUp(1), RATE, due -> target.single(payload(due)), Sink.histogram());
      sink.await(load.accepted.sum(), 60);
      sink.delivered = Sink.histogram();
      ConcurrentHistogram answered = Sink.histogram();
      load.openLoop(time(2), RATE, due -> target.single(payload(due)), answered);
      sink.await(load.accepted.sum(), 60);
      for (double p : new double[] {50, 99}) {
        String name = "at " + RATE + "/s, ms: p" + (int) p;
        figures.add(name + " answered", target.name(), answered.getValueAtPercentile(p) / 1e3);
        figures.add(
            name + " delivered", target.name(), sink.delivered.getValueAtPercentile(p) / 1e3);
      }
    }
  }

  private Duration time(double share) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * share * 1000)));
  }

  private Duration warmUp(double share) {
    return Duration.ofMillis(Math.max(1, Math.round(warmUp * share * 1000)));
  }

  static String payload(long due) {
    return "{\"id\":17,\"due\":"
        + due
        + ",\"email\":\"somebody@example.com\",\"note\":\""
        + FILLER
        + "\"}";
  }
}
