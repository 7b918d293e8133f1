package io.amebobridge.cli.demo;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.client.AmeboApi;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the main job on embedded defaults and judges it. */
public final class Demo {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);

  /** Without any progress for so long, the demo gives up and reports what is missing. */
  private static final Duration STALLED = Duration.ofSeconds(60);

  private static final int READ_EVERY = 2000;

  private final DemoOptions options;
  private final DemoBroker.Opening opening;
  private final PrintStream out;
  private final LiveTable progress;
  private final AtomicLong produced = new AtomicLong();

  public Demo(DemoOptions options, DemoBroker.Opening opening, PrintStream out, PrintStream err) {
    this.options = options;
    this.opening = opening;
    this.out = out;
    this.progress = LiveTable.on(err);
  }

  /** True if nothing was lost and nothing is there twice. */
  public boolean run()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Path dir = Files.createTempDirectory("amebo-demo");
    boolean good = false;
    try {
      good = runIn(dir);
      return good;
    } finally {
      if (good || Directories.isEmpty(dir)) Directories.delete(dir);
      else progress.say("logs and data are left in " + dir);
    }
  }

  private boolean runIn(Path dir)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (DemoBroker broker = opening.in(dir);
        Receiver receiver = Receiver.start(0)) {
      progress.say(broker.intent());
      progress.say("starting the Amebo server and a receiver; all files are in " + dir);
      CompletableFuture<Void> brokerUp = started(broker);
      Example example = broker.example();
      try (DemoAmebo amebo = DemoAmebo.start(dir, example.registrations(), receiver.uri())) {
        await(brokerUp);
        example.declare();
        URI bridgeUri = URI.create("http://127.0.0.1:" + FreePorts.next());
        Path config = DemoConfig.write(dir, amebo.uri(), example.mapping(), bridgeUri);
        List<String> run = List.of("run", "-c", config.toString());
        try (AmeboProcess bridge = new AmeboProcess(bridgeUri, dir.resolve("bridge.log"), run)) {
          bridge.start();
          announce(broker, amebo.uri(), bridgeUri, config);
          boolean good = play(broker, amebo.api(), receiver, bridge, dir);
          if (options.keep()) {
            removeAtExit(dir, bridge, broker);
            keep(broker, amebo.uri(), bridgeUri, config);
          }
          bridge.stop(Duration.ofSeconds(15));
          return good;
        }
      }
    }
  }

  private static CompletableFuture<Void> started(DemoBroker broker) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            broker.start();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker was starting", e);
          }
        });
  }

  private static void await(CompletableFuture<Void> started)
      throws IOException, InterruptedException, ExecutionException {
    try {
      started.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException why) throw why.getCause();
      throw e;
    }
  }

  private boolean play(
      DemoBroker broker, AmeboApi api, Receiver receiver, AmeboProcess bridge, Path dir)
      throws IOException, InterruptedException, ExecutionException {
    int total = options.messages();
    progress.say(
        "%,d messages to %s; the bridge is killed -9 half-way"
            .formatted(total, broker.example().place()));
    bridge.awaitReady();
    LogAudit audit = new LogAudit(api, broker.example()::ordered);
    CountDownLatch killed = new CountDownLatch(1);
    Supplier<List<LiveTable.Row>> rows =
        () ->
            List.of(
                new LiveTable.Row("produced to the broker", produced.get(), total),
                new LiveTable.Row("events in Amebo", audit.events(), total),
                new LiveTable.Row("delivered to the webhook", receiver.distinct(), total));
    long start = System.nanoTime();
    CompletableFuture<BitSet> producing =
        CompletableFuture.supplyAsync(() -> produce(broker.example(), total, killed));
    Waiting waiting = new Waiting(producing, rows);
    awaitCount(() -> acceptedBy(bridge, audit), total / 2, waiting, "bridge up");
    long firstLife = System.nanoTime() - start;
    bridge.kill9();
    killed.countDown();
    long atKill = audit.readOn().events();
    progress.say("bridge killed -9 with %,d events in Amebo; starting it again".formatted(atKill));
    bridge.start();
    long more = Math.min(atKill + 1, total);
    awaitCount(() -> audit.readOn().events(), more, waiting, "bridge starts again");
    long back = System.nanoTime();
    awaitCount(() -> audit.readOn().events(), total, waiting, "bridge up again");
    long stored = System.nanoTime();
    awaitCount(receiver::distinct, total, waiting, "all is in Amebo");
    long end = System.nanoTime();
    BitSet sentAgain = producing.join();
    audit.readOn();
    progress.end(rows.get(), "done");

    BitSet arrived = audit.seen();
    arrived.and(receiver.seen());
    long deadLettered = DemoConfig.deadLetters(dir);
    Verdict verdict =
        new Verdict(
            broker.name(),
            broker.lane(),
            total,
            audit.events(),
            receiver.distinct(),
            Math.max(0, total - arrived.cardinality() - deadLettered),
            audit.duplicates(),
            audit.outOfOrder(sentAgain),
            deadLettered,
            receiver.repeated(),
            1,
            (end - start) / 1e9,
            perSecond(total, end - start),
            perSecond(total, firstLife + stored - back));
    if (options.json()) out.println(JsonMapper.shared().writeValueAsString(verdict.json()));
    else out.println(verdict.table());
    out.flush();
    return verdict.good();
  }

  /** What was sent again. */
  private BitSet produce(Example example, int total, CountDownLatch killed) {
    try (Example.Producer producer = example.producer(produced)) {
      producer.send(0, total, killed);
      return producer.sentAgain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while producing", e);
    }
  }

  /** What the bridge itself says, which is cheap; the log is read only for the table. */
  private static long acceptedBy(AmeboProcess bridge, LogAudit audit) throws InterruptedException {
    long accepted = accepted(bridge);
    if (accepted - audit.events() > READ_EVERY) audit.readOn();
    return accepted;
  }

  private static long accepted(AmeboProcess bridge) throws InterruptedException {
    try {
      long accepted = 0;
      for (JsonNode source : JsonMapper.shared().readTree(bridge.get("/status")).path("sources")) {
        accepted += source.path("accepted").asLong();
      }
      return accepted;
    } catch (IOException e) {
      throw new UncheckedIOException("the bridge does not answer", e);
    }
  }

  /** Waits until there are so many, or gives up when nothing has moved for too long. */
  private void awaitCount(Count count, long enough, Waiting waiting, String note)
      throws InterruptedException {
    long last = -1;
    long moved = System.nanoTime();
    for (long now = count.get(); now < enough; now = count.get()) {
      if (waiting.producing().isCompletedExceptionally()) waiting.producing().join();
      if (now != last) moved = System.nanoTime();
      if (System.nanoTime() - moved > STALLED.toNanos()) {
        log.error("{}: {} of {} for {} s, giving up", note, now, enough, STALLED.toSeconds());
        return;
      }
      last = now;
      progress.show(waiting.rows(), note);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** What goes on meanwhile, and what is shown of it. */
  private record Waiting(CompletableFuture<?> producing, Supplier<List<LiveTable.Row>> rows) {}

  private interface Count {
    long get() throws InterruptedException;
  }

  private static long perSecond(long count, long nanos) {
    return nanos <= 0 ? 0 : Math.round(count * 1e9 / nanos);
  }

  private void announce(DemoBroker broker, URI amebo, URI bridge, Path config) {
    if (!options.keep() || !options.json()) return;
    Map<String, Object> endpoints = new LinkedHashMap<>(broker.endpoints());
    endpoints.put("amebo", amebo.toString());
    endpoints.put("bridge", bridge.toString());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("endpoints", endpoints);
    line.put("config", config.toString());
    out.println(JsonMapper.shared().writeValueAsString(line));
    out.flush();
  }

  /** What is kept is kept until it is stopped. */
  private void removeAtExit(Path dir, AmeboProcess bridge, DemoBroker broker) {
    Runnable remove =
        () -> {
          bridge.close();
          broker.close();
          try {
            Directories.delete(dir);
          } catch (IOException e) {
            progress.say("could not remove " + dir + ": " + e.getMessage());
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(remove, "remove-demo"));
  }

  private void keep(DemoBroker broker, URI amebo, URI bridge, Path config)
      throws InterruptedException {
    progress.say("all of it keeps running until you stop it (Ctrl-C):");
    Map<String, String> places = new LinkedHashMap<>(broker.endpoints());
    String login = "user %s, password %s".formatted(DemoAmebo.USER, DemoAmebo.PASSWORD.reveal());
    places.put("amebo", "%s/v1/status (%s)".formatted(amebo, login));
    places.put("bridge", bridge + "/status");
    places.put("config", config.toString());
    places.forEach((name, place) -> progress.say("  %-11s %s".formatted(name, place)));
    new CountDownLatch(1).await();
  }
}
