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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The server's meters, under names that Prometheus scrapes. Thread-safe; recording never waits. */
public final class ServerMetrics implements LogWriter.Listener {
  private static final int MOST_ACTIONS = 200;

  /** Why an event was refused. */
  public enum Refused {
    MALFORMED,
    UNKNOWN_ACTION,
    SCHEMA,
    TOO_LARGE
  }

  private record Received(String action, String outcome) {}

  private record Request(String method, String route, int status) {}

  private final PrometheusMeterRegistry registry = registry();
  private final JvmMeters jvm = new JvmMeters();
  private final BoundedNames actions = new BoundedNames(MOST_ACTIONS);
  private final Map<Received, Counter> received = new ConcurrentHashMap<>();
  private final Map<Request, Timer> requests = new ConcurrentHashMap<>();
  private final SubscriptionMeters subscriptions = new SubscriptionMeters(registry);
  private final Map<String, Counter> refused = new ConcurrentHashMap<>();
  private final Counter delivered = deliveries("delivered");
  private final Counter failed = deliveries("failed");
  private final Counter dead = deliveries("dead");
  private final Timer succeededCalls = calls("delivered");
  private final Timer failedCalls = calls("failed");
  private final Timer latency =
      Timer.builder("amebo.delivery.latency")
          .description("Time from an event's commit, or its sleep_until, to a receiver's success")
          .serviceLevelObjectives(Buckets.LATENCY)
          .register(registry);
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
          .serviceLevelObjectives(Buckets.COMMIT)
          .register(registry);
  private final DistributionSummary commitSize =
      DistributionSummary.builder("amebo.commit.events")
          .description("Events in a transaction")
          .serviceLevelObjectives(1, 10, 100, 500, 1000, 5000)
          .register(registry);

  private static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    made.config().meterFilter(JvmMeters.LEFT_OUT);
    return made;
  }

  /** An event was written, or recognised. */
  public void received(Appended.Outcome outcome, String action) {
    event(action, outcome.name().toLowerCase(Locale.ROOT));
  }

  /**
   * An event was refused.
   *
   * @param action null where it is not registered: names that strangers made up make no series
   */
  public void refused(Refused reason, @Nullable String action) {
    event(action == null ? "unknown" : action, "invalid");
    refused
        .computeIfAbsent(
            reason.name().toLowerCase(Locale.ROOT),
            name ->
                Counter.builder("amebo.event.refusals")
                    .description("Events refused, by what is wrong with them")
                    .tag("reason", name)
                    .register(registry))
        .increment();
  }

  private void event(String action, String outcome) {
    received
        .computeIfAbsent(
            new Received(actions.of(action), outcome),
            series ->
                Counter.builder("amebo.events")
                    .description("Events received, by action and outcome")
                    .tag("action", series.action)
                    .tag("outcome", series.outcome)
                    .register(registry))
        .increment();
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

  /** A call to a receiver has ended. */
  public void called(long subscription, boolean success, Duration took) {
    (success ? succeededCalls : failedCalls).record(took);
    subscriptions.called(subscription, success);
  }

  /** A receiver took an event this long after it could have gone out. */
  public void latency(Duration since) {
    latency.record(since.isNegative() ? Duration.ZERO : since);
  }

  /** The breaker of a subscription's endpoint opened or closed. */
  public void breaker(long subscription, boolean open) {
    subscriptions.breaker(subscription, open);
  }

  /** Retention removed events. */
  public void pruned(int events) {
    pruned.increment(events);
  }

  /**
   * A request was answered.
   *
   * @param route as it is declared, never the path as it came
   */
  public void answered(String method, String route, int status, Duration took) {
    requests
        .computeIfAbsent(
            new Request(method, route, status),
            series ->
                Timer.builder("amebo.http.requests")
                    .description("Requests answered, by route and status, from their first byte")
                    .tag("method", series.method)
                    .tag("route", series.route)
                    .tag("status", String.valueOf(series.status))
                    .serviceLevelObjectives(Buckets.HTTP)
                    .register(registry))
        .record(took);
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

  /** What this process is. */
  public void process(String version) {
    jvm.on(registry);
    Gauge.builder("amebo.build.info", () -> 1)
        .description("Which server this is")
        .tag("version", version)
        .tag("java", Runtime.version().toString())
        .register(registry);
  }

  /**
   * What the log can tell at a scrape.
   *
   * @param queued events that wait to be written
   * @param ageOfNewest how old the first of the newest so many events is, in milliseconds; may
   *     block
   */
  public void log(Supplier<Number> queued, LongUnaryOperator ageOfNewest) {
    Gauge.builder("amebo.writer.queue", queued)
        .description("Events that wait to be written")
        .baseUnit("events")
        .register(registry);
    subscriptions.ages(ageOfNewest);
  }

  /** A subscription's meters, to be taken out again when it ends. */
  public List<Meter> subscription(
      long id, Supplier<Number> lag, Supplier<Number> retrying, Supplier<Number> deadLetters) {
    return subscriptions.add(id, lag, retrying, deadLetters);
  }

  public void remove(List<Meter> meters) {
    subscriptions.remove(meters);
  }

  /** In Prometheus' text format. May block. */
  public String scrape() {
    return registry.scrape();
  }

  public void close() {
    jvm.close();
    registry.close();
  }

  private Counter deliveries(String outcome) {
    return Counter.builder("amebo.delivery.attempts")
        .description("Attempts to deliver, by outcome; dead is the last of a delivery")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Timer calls(String outcome) {
    return Timer.builder("amebo.delivery.attempt")
        .description("Time of a call to a receiver, by outcome")
        .tag("outcome", outcome)
        .serviceLevelObjectives(Buckets.HTTP)
        .register(registry);
  }
}
