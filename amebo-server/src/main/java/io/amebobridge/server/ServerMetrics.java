package io.amebobridge.server;

import io.amebobridge.server.store.Appended;
import io.amebobridge.server.store.LogWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The server's meters, under names that Prometheus scrapes. Thread-safe. */
public final class ServerMetrics implements LogWriter.Listener {
  private static final Duration[] COMMIT_BUCKETS =
      IntStream.of(1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter stored = events("stored");
  private final Counter duplicate = events("duplicate");
  private final Counter conflict = events("conflict");
  private final Counter invalid = events("invalid");
  private final Counter delivered = deliveries("delivered");
  private final Counter failed = deliveries("failed");
  private final Counter dead = deliveries("dead");
  private final Counter commitFailures =
      Counter.builder("amebo.commit.failures")
          .description("Transactions that failed; nothing of them is stored")
          .register(registry);
  private final Counter pruned =
      Counter.builder("amebo.events.pruned")
          .description("Events removed by retention")
          .register(registry);
  private final Timer commits =
      Timer.builder("amebo.commit")
          .description("Time of a transaction until it is on the disk")
          .serviceLevelObjectives(COMMIT_BUCKETS)
          .register(registry);
  private final DistributionSummary commitSize =
      DistributionSummary.builder("amebo.commit.events")
          .description("Events in a transaction")
          .register(registry);

  /** An event was written, or recognised. */
  public void received(Appended.Outcome outcome) {
    switch (outcome) {
      case STORED -> stored.increment();
      case DUPLICATE -> duplicate.increment();
      case CONFLICT -> conflict.increment();
    }
  }

  /** An event was refused: malformed, unknown action, against its schema, too large. */
  public void refused() {
    invalid.increment();
  }

  public void delivered() {
    delivered.increment();
  }

  /** An attempt failed and another will follow. */
  public void failedAttempt() {
    failed.increment();
  }

  /** An attempt failed and it was the last one. */
  public void dead() {
    dead.increment();
  }

  /** Retention removed events. */
  public void pruned(int events) {
    pruned.increment(events);
  }

  @Override
  public void committed(int events, long head, Duration took) {
    commits.record(took);
    if (events > 0) {
      commitSize.record(events);
    }
  }

  @Override
  public void failed() {
    commitFailures.increment();
  }

  /** A subscription's gauges, to be taken out again when it ends. */
  public List<Meter> subscription(
      long id, Supplier<Number> lag, Supplier<Number> retrying, Supplier<Number> deadLetters) {
    return List.of(
        gauge("amebo.subscription.lag", "Events behind the newest", id, lag),
        gauge("amebo.subscription.retrying", "Deliveries to be tried again", id, retrying),
        gauge("amebo.subscription.dead", "Deliveries given up", id, deadLetters));
  }

  public void remove(List<Meter> meters) {
    meters.forEach(registry::remove);
  }

  /** In Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  public void close() {
    registry.close();
  }

  private Gauge gauge(String name, String description, long subscription, Supplier<Number> value) {
    return Gauge.builder(name, value)
        .description(description)
        .tag("subscription", String.valueOf(subscription))
        .strongReference(true)
        .register(registry);
  }

  private Counter events(String outcome) {
    return Counter.builder("amebo.events")
        .description("Events received, by outcome")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter deliveries(String outcome) {
    return Counter.builder("amebo.delivery.attempts")
        .description("Attempts to deliver, by outcome")
        .tag("outcome", outcome)
        .register(registry);
  }
}
