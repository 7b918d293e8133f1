package io.amebobridge.core.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Router;
import io.amebobridge.testkit.ManualTicker;
import io.amebobridge.testkit.MemoryDeadLetters;
import io.amebobridge.testkit.ScriptedSink;
import io.amebobridge.testkit.ScriptedSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A pump on the bench: stepped by hand, with a clock that stands still. */
final class PumpBench {
  final ManualTicker clock = new ManualTicker();
  final ScriptedSource source = new ScriptedSource("s").withoutWaiting();
  final ScriptedSink sink = new ScriptedSink();
  final MemoryDeadLetters deadLetters = new MemoryDeadLetters();
  final Tally tally;
  final Pump pump;

  PumpBench() {
    this(settings(100, 10, 0.5, 100));
  }

  PumpBench(PumpSettings settings) {
    PumpClock time = new PumpClock(clock, clock);
    tally = new Tally("s", new SimpleMeterRegistry(), time);
    PumpParts parts =
        new PumpParts("s", () -> (MessageSource) source, () -> this::timed, sink, deadLetters);
    pump = new Pump(source, this::timed, parts, settings, time, tally);
    source.beforeRevocation(pump);
    try {
      source.open();
    } catch (io.amebobridge.core.SourceException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Backoff is 1 s, then 2 s, …, up to 8 s, without jitter. */
  static PumpSettings settings(int maxInFlight, int batch, double share, int window) {
    Backoff backoff =
        new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofMinutes(1), () -> 1.0);
    return new PumpSettings(
        maxInFlight,
        1 << 20,
        batch,
        1 << 20,
        4,
        Duration.ZERO,
        Duration.ofSeconds(1),
        backoff,
        share,
        window);
  }

  /** As {@link #route}; {@code slow…} takes 30 ms. */
  private Router.Routing timed(Message message) {
    if (body(message).startsWith("slow")) clock.advance(Duration.ofMillis(30));
    return route(message);
  }

  /** Bodies say what becomes of them: {@code filter…}, {@code fail…}, {@code twice…}, else one. */
  static Router.Routing route(Message message) {
    String body = body(message);
    if (body.startsWith("filter")) return new Router.Filtered("unwanted");
    if (body.startsWith("fail")) return new Router.Failed("r", "routes[0]: can't map it");
    if (body.startsWith("twice")) {
      return new Router.Mapped("r", List.of(part(message, 0), part(message, 1)));
    }
    return new Router.Mapped("r", List.of(message));
  }

  private static Message part(Message m, int index) {
    return new Message(m.id() + "#" + index, "a", m.key(), m.body(), m.headers(), m.origin());
  }

  static String body(Message message) {
    return new String(Objects.requireNonNull(message.body()), StandardCharsets.UTF_8);
  }

  static List<String> bodies(List<Message> messages) {
    return messages.stream().map(PumpBench::body).toList();
  }

  void cycles(int count) throws Exception {
    for (int i = 0; i < count; i++) pump.cycle();
  }

  /** Rule 5. */
  static void assertAddsUp(PumpStatus s) {
    assertThat(s.accepted() + s.filtered() + s.deadLettered() + s.abandoned() + s.inFlight())
        .as("rule 5: %s", s)
        .isEqualTo(s.received());
  }

  PumpStatus status() {
    pump.publish();
    return tally.status();
  }
}
