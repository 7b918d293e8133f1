package io.amebobridge.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is measured of each subscription while it is there. Thread-safe. */
final class SubscriptionMeters {
  private static final double MILLIS = 1000.0;
  private final MeterRegistry registry;
  private final Map<Long, Of> all = new ConcurrentHashMap<>();
  private volatile @Nullable LongUnaryOperator ageOfNewest;

  private record Of(Counter delivered, Counter failed, AtomicBoolean open, List<Meter> meters) {}

  SubscriptionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void ages(LongUnaryOperator newest) {
    ageOfNewest = newest;
  }

  List<Meter> add(
      long id, Supplier<Number> lag, Supplier<Number> retrying, Supplier<Number> deadLetters) {
    AtomicBoolean open = new AtomicBoolean();
    Counter delivered = calls(id, "delivered");
    Counter failed = calls(id, "failed");
    List<Meter> meters =
        List.of(
            delivered,
            failed,
            gauge("lag.events", "Events behind the newest", id, lag),
            gauge("lag.seconds", "Age of the first event it has not begun", id, () -> age(lag)),
            gauge("retrying", "Deliveries to be tried again", id, retrying),
            gauge("dead", "Deliveries given up", id, deadLetters),
            gauge("breaker.open", "1: it is down, and probed", id, () -> open.get() ? 1 : 0));
    all.put(id, new Of(delivered, failed, open, meters));
    return meters;
  }

  void remove(List<Meter> meters) {
    meters.forEach(registry::remove);
    all.values().removeIf(of -> of.meters == meters);
  }

  void called(long id, boolean success) {
    Of of = all.get(id);
    if (of != null) {
      (success ? of.delivered : of.failed).increment();
    }
  }

  void breaker(long id, boolean open) {
    Of of = all.get(id);
    if (of != null) {
      of.open.set(open);
    }
  }

  /** Of a subscription that is this many events behind, in seconds. */
  private Number age(Supplier<Number> lag) {
    LongUnaryOperator age = ageOfNewest;
    long events = lag.get().longValue();
    return age == null || events <= 0 ? 0 : age.applyAsLong(events) / MILLIS;
  }

  private Counter calls(long id, String outcome) {
    return Counter.builder("amebo.subscription.attempts")
        .description("Calls to the receiver, by outcome")
        .tag("subscription", String.valueOf(id))
        .tag("outcome", outcome)
        .register(registry);
  }

  private Gauge gauge(String name, String says, long id, Supplier<Number> value) {
    return Gauge.builder("amebo.subscription." + name, value)
        .description(says)
        .tag("subscription", String.valueOf(id))
        .strongReference(true)
        .register(registry);
  }
}
