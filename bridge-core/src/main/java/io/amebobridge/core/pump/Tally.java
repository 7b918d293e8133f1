package io.amebobridge.core.pump;

import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.deadletter.DeadLetter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a pump. Counted on the pump's thread, which publishes a snapshot now and then;
 * {@link #status()} may be read from any thread.
 */
final class Tally {
  private final String source;
  private final MeterRegistry registry;
  private final PumpClock clock;
  private final Counter received;
  private final Counter accepted;
  private final Counter duplicates;
  private final Counter abandoned;
  private final Counter retries;
  private final MultiGauge lag;
  private final MultiGauge headroom;
  private long filteredCount;
  private long deadLetterCount;
  private long inFlight;
  private PumpStatus.State state = PumpStatus.State.STARTING;
  private @Nullable String lastError;
  private @Nullable Instant lastErrorAt;
  private List<LaneStatus> lanes = List.of();
  private final Rate acceptedRate = new Rate();
  private Map<String, Rate> laneRates = new HashMap<>();
  private volatile PumpStatus status;

  Tally(String source, MeterRegistry registry, PumpClock clock) {
    this.source = source;
    this.registry = registry;
    this.clock = clock;
    Tags tags = Tags.of("source", source);
    received = counter("bridge.received", "Messages handed out by the source", tags);
    accepted = counter("bridge.accepted", "Messages accepted by Amebo, duplicates included", tags);
    duplicates = counter("bridge.duplicates", "Messages that Amebo had before", tags);
    abandoned = counter("bridge.abandoned", "Messages left to the broker, which return", tags);
    retries = counter("bridge.retries", "Batches that were unavailable", tags);
    lag =
        MultiGauge.builder("bridge.lag")
            .description("Messages not yet settled")
            .tags(tags)
            .register(registry);
    headroom =
        MultiGauge.builder("bridge.retention.headroom.seconds")
            .description("Time until retention removes the oldest unsettled message")
            .tags(tags)
            .register(registry);
    status = snapshot();
    Gauge.builder("bridge.in.flight", () -> status().inFlight()).tags(tags).register(registry);
    Gauge.builder("bridge.up", () -> status().state() == PumpStatus.State.RUNNING ? 1 : 0)
        .tags(tags)
        .register(registry);
  }

  private Counter counter(String name, String description, Tags tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  void received(int count) {
    received.increment(count);
    inFlight += count;
  }

  void accepted(boolean duplicate) {
    accepted.increment();
    if (duplicate) duplicates.increment();
    inFlight--;
  }

  void filtered(String rule) {
    registry.counter("bridge.filtered", "source", source, "rule", rule).increment();
    filteredCount++;
    inFlight--;
  }

  void deadLettered(DeadLetter letter) {
    String stage = letter.stage().name().toLowerCase(Locale.ROOT);
    registry
        .counter("bridge.dead.lettered", "source", source, "route", letter.route(), "stage", stage)
        .increment();
    deadLetterCount++;
    inFlight--;
  }

  void abandoned(int count) {
    abandoned.increment(count);
    inFlight -= count;
  }

  void retried() {
    retries.increment();
  }

  void failed(@Nullable String why) {
    lastError = why;
    lastErrorAt = clock.instants().instant();
  }

  long inFlight() {
    return inFlight;
  }

  void state(PumpStatus.State state) {
    this.state = state;
    publish(lanes, null);
  }

  /**
   * A new snapshot.
   *
   * @param away why an end does not answer now; null: both do
   */
  void publish(List<LaneStatus> lanes, @Nullable String away) {
    this.lanes = lanes;
    if (away != null && state == PumpStatus.State.RUNNING) {
      state = PumpStatus.State.WAITING;
      failed(away);
    } else if (away == null && state == PumpStatus.State.WAITING) {
      state = PumpStatus.State.RUNNING;
    }
    updateRates();
    status = snapshot();
    List<MultiGauge.Row<?>> lags = new ArrayList<>();
    List<MultiGauge.Row<?>> headrooms = new ArrayList<>();
    for (LaneStatus lane : lanes) {
      Tags tags = Tags.empty();
      for (var label : lane.labels().entrySet()) tags = tags.and(label.getKey(), label.getValue());
      if (lane.lag() >= 0) lags.add(MultiGauge.Row.of(tags, lane.lag()));
      Long seconds = lane.retentionHeadroomSeconds();
      if (seconds != null) headrooms.add(MultiGauge.Row.of(tags, seconds));
    }
    lag.register(lags, true);
    headroom.register(headrooms, true);
  }

  private void updateRates() {
    long now = clock.nanos().getAsLong();
    acceptedRate.update((long) accepted.count(), now);
    Map<String, Rate> rates = new HashMap<>();
    for (LaneStatus lane : lanes) {
      Rate rate = laneRates.getOrDefault(lane.lane(), new Rate());
      if (lane.settled() >= 0) rate.update(lane.settled(), now);
      rates.put(lane.lane(), rate);
    }
    laneRates = rates;
  }

  private Map<String, Double> settledPerSecond() {
    Map<String, Double> rates = new HashMap<>();
    laneRates.forEach((lane, rate) -> rates.put(lane, rate.perSecond()));
    return rates;
  }

  private PumpStatus snapshot() {
    return new PumpStatus(
        source,
        state,
        (long) received.count(),
        (long) accepted.count(),
        (long) duplicates.count(),
        filteredCount,
        deadLetterCount,
        (long) abandoned.count(),
        inFlight,
        (long) retries.count(),
        lastError,
        lastErrorAt,
        clock.instants().instant(),
        acceptedRate.perSecond(),
        settledPerSecond(),
        lanes);
  }

  PumpStatus status() {
    return status;
  }
}
