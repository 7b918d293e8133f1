package io.amebobridge.cli.demo;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.KafkaProcess;
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
  private static final int PARTITIONS = 4;

  /** Without any progress for so long, the demo gives up and reports what is missing. */
  private static final Duration STALLED = Duration.ofSeconds(60);

  private static final int READ_EVERY = 2000;

  private final DemoOptions options;
  private final PrintStream out;
  private final LiveTable progress;
  private final AtomicLong produced = new AtomicLong();

  public Demo(DemoOptions options, PrintStream out, PrintStream err) {
    this.options = options;
    this.out = out;
    this.progress = LiveTable.on(err);
  }

  /** True if nothing was lost and nothing is there twice. */
  public boolean run()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Path dir = Files.createTempDirectory("amebo-demo");
    boolean good = runIn(dir);
    if (good) Directories.delete(dir);
    else progress.say("logs and data are left in " + dir);
    return good;
  }

  private boolean runIn(Path dir)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    progress.say("starting a real Kafka broker, the Amebo server and a receiver in " + dir);
    try (KafkaProcess kafka =
            KafkaProcess.in(dir.resolve("kafka")).classPath(options.brokerLib() + "/*").build();
        Receiver receiver = Receiver.start(0)) {
      CompletableFuture<Void> kafkaUp = started(kafka);
      try (DemoAmebo amebo = DemoAmebo.start(dir, receiver.uri())) {
        kafkaUp.get();
        UserEvents.createTopic(kafka.bootstrap(), PARTITIONS);
        URI bridgeUri = URI.create("http://127.0.0.1:" + FreePorts.next());
        Path config = DemoConfig.write(dir, amebo.uri(), kafka.bootstrap(), bridgeUri);
        List<String> run = List.of("run", "-c", config.toString());
        try (AmeboProcess bridge = new AmeboProcess(bridgeUri, dir.resolve("bridge.log"), run)) {
          bridge.start();
          announce(kafka, amebo.uri(), bridgeUri, config);
          boolean good = play(kafka, amebo.api(), receiver, bridge, dir);
          if (options.keep()) {
            removeAtExit(dir, bridge, kafka);
            keep(kafka, amebo.uri(), bridgeUri, config);
          }
          bridge.stop(Duration.ofSeconds(15));
          return good;
        }
      }
    }
  }

  private static CompletableFuture<Void> started(KafkaProcess kafka) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            kafka.start();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka was starting", e);
          }
        });
  }

  private boolean play(
      KafkaProcess kafka, AmeboApi api, Receiver receiver, AmeboProcess bridge, Path dir)
      throws IOException, InterruptedException, ExecutionException {
    int total = options.messages();
    progress.say(
        "%,d messages to topic %s; the bridge is killed -9 half-way"
            .formatted(total, UserEvents.TOPIC));
    bridge.awaitReady();
    LogAudit audit = new LogAudit(api);
    CountDownLatch killed = new CountDownLatch(1);
    Supplier<List<LiveTable.Row>> rows =
        () ->
            List.of(
                new LiveTable.Row("produced to Kafka", produced.get(), total),
                new LiveTable.Row("events in Amebo", audit.events(), total),
                new LiveTable.Row("delivered to the webhook", receiver.distinct(), total));
    long start = System.nanoTime();
    CompletableFuture<Void> producing =
        CompletableFuture.runAsync(() -> produce(kafka.bootstrap(), total, killed));
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
    producing.join();
    audit.readOn();
    progress.end(rows.get(), "done");

    BitSet arrived = audit.seen();
    arrived.and(receiver.seen());
    long deadLettered = DemoConfig.deadLetters(dir);
    Verdict verdict =
        new Verdict(
            total,
            audit.events(),
            receiver.distinct(),
            Math.max(0, total - arrived.cardinality() - deadLettered),
            audit.duplicates(),
            audit.outOfOrder(),
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

  /** All at full speed, but from half-way a trickle until the bridge has been killed. */
  private void produce(String bootstrap, int total, CountDownLatch killed) {
    try (UserEvents.Producer producer = new UserEvents.Producer(bootstrap, produced)) {
      int next = total / 2;
      producer.send(0, next);
      while (!killed.await(10, TimeUnit.MILLISECONDS) && next < total - total / 4) {
        int to = next + Math.max(1, total / 1000);
        producer.send(next, to);
        next = to;
      }
      producer.send(next, total);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
  private record Waiting(CompletableFuture<Void> producing, Supplier<List<LiveTable.Row>> rows) {}

  private interface Count {
    long get() throws InterruptedException;
  }

  private static long perSecond(long count, long nanos) {
    return nanos <= 0 ? 0 : Math.round(count * 1e9 / nanos);
  }

  private void announce(KafkaProcess kafka, URI amebo, URI bridge, Path config) {
    if (!options.keep() || !options.json()) return;
    Map<String, Object> endpoints = new LinkedHashMap<>();
    endpoints.put("kafka", kafka.bootstrap());
    endpoints.put("amebo", amebo.toString());
    endpoints.put("bridge", bridge.toString());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("endpoints", endpoints);
    line.put("config", config.toString());
    out.println(JsonMapper.shared().writeValueAsString(line));
    out.flush();
  }

  /** What is kept is kept until it is stopped. */
  private void removeAtExit(Path dir, AmeboProcess bridge, KafkaProcess kafka) {
    Runnable remove =
        () -> {
          bridge.close();
          kafka.close();
          try {
            Directories.delete(dir);
          } catch (IOException e) {
            progress.say("could not remove " + dir + ": " + e.getMessage());
          }
        };
    Runtime.getRuntime().addShutdownHook(new Thread(remove, "remove-demo"));
  }

  private void keep(KafkaProcess kafka, URI amebo, URI bridge, Path config)
      throws InterruptedException {
    progress.say("all of it keeps running until you stop it (Ctrl-C):");
    progress.say("  Kafka   " + kafka.bootstrap());
    progress.say(
        "  Amebo   "
            + amebo
            + "/v1/status (user "
            + DemoAmebo.USER
            + ", password "
            + DemoAmebo.PASSWORD.reveal()
            + ")");
    progress.say("  bridge  " + bridge + "/status");
    progress.say("  config  " + config);
    new CountDownLatch(1).await();
  }
}
