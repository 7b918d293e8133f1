package io.amebobridge.core.pump;

import static io.amebobridge.core.pump.PumpBench.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SinkException;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.MemoryDeadLetters;
import io.amebobridge.testkit.ScriptedSink;
import io.amebobridge.testkit.ScriptedSource;
import io.amebobridge.testkit.ThreadConfinedSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a pump on its own thread. */
class RunPumpTest {
  private final Deque<ScriptedSource> next = new ArrayDeque<>();
  private final List<ScriptedSource> made = new ArrayList<>();
  private final ScriptedSink sink = new ScriptedSink();
  private final MemoryDeadLetters deadLetters = new MemoryDeadLetters();
  private final RunPump pump = pump();
  private final Thread thread = new Thread(pump, "pump");

  private RunPump pump() {
    Backoff backoff = Backoff.of(Duration.ofMillis(1), Duration.ofMillis(5));
    PumpSettings d = PumpSettings.defaults();
    PumpSettings settings =
        new PumpSettings(
            100,
            d.maxInFlightBytes(),
            10,
            d.batchBytes(),
            2,
            d.linger(),
            Duration.ofMillis(200),
            backoff,
            1,
            10);
    PumpParts parts = new PumpParts("s", this::source, () -> PumpBench::route, sink, deadLetters);
    return new RunPump(parts, settings, new SimpleMeterRegistry(), PumpClock.system());
  }

  private synchronized MessageSource source() {
    ScriptedSource source = next.isEmpty() ? last().restarted() : next.remove();
    made.add(source);
    return new ThreadConfinedSource(source);
  }

  private synchronized ScriptedSource last() {
    return made.get(made.size() - 1);
  }

  @AfterEach
  void stop() throws InterruptedException {
    pump.stop();
    thread.join(10_000);
    assertThat(thread.isAlive()).as("the pump has ended").isFalse();
    PumpStatus s = pump.status();
    assertThat(s.inFlight()).isZero();
    PumpBench.assertAddsUp(s);
  }

  @Test
  void triesForEverToReachAmeboThenTheSource() {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    for (int i = 0; i < 3; i++) sink.failOpen(SinkException.temporary("refused", null));
    source.failOpen(SourceException.temporary("broker away", null));
    source.deliver("l", "a");
    sink.answering(m -> SendResult.accepted());
    thread.start();
    await().until(() -> pump.status().accepted() == 1);
    assertThat(made).hasSize(2);
    assertThat(pump.status().state()).isEqualTo(PumpStatus.State.RUNNING);
    assertThat(pump.status().lastError()).isEqualTo("broker away");
  }

  @Test
  void anEndThatGoesAwayIsSaidUntilItIsBack() {
    AtomicBoolean down = new AtomicBoolean(true);
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    source.deliver("l", "a");
    sink.answering(m -> down.get() ? SendResult.unavailable("503", null) : SendResult.accepted());
    thread.start();
    await().until(() -> pump.status().state() == PumpStatus.State.WAITING);
    assertThat(pump.status().lastError()).isEqualTo("503");
    down.set(false);
    await().until(() -> pump.status().state() == PumpStatus.State.RUNNING);
    source.away("broker away");
    await().until(() -> pump.status().state() == PumpStatus.State.WAITING);
    assertThat(pump.status().lastError()).isEqualTo("broker away");
    source.away(null);
    await().until(() -> pump.status().state() == PumpStatus.State.RUNNING);
  }

  @Test
  void aPermanentSourceFailureStopsItLoudly() throws Exception {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    source.failOpen(SourceException.permanent("no topic orders; create it", null));
    thread.start();
    thread.join(10_000);
    assertThat(pump.status().state()).isEqualTo(PumpStatus.State.FAILED);
    assertThat(pump.failure()).isEqualTo("no topic orders; create it");
  }

  @Test
  void wrongCredentialsStopIt() throws Exception {
    next.add(new ScriptedSource("s"));
    sink.failOpen(SinkException.permanent("401: wrong secret", null));
    thread.start();
    thread.join(10_000);
    assertThat(pump.failure()).isEqualTo("401: wrong secret");
    assertThat(made).isEmpty();
  }

  /** Rule 4: what was not settled when the source broke comes back and is sent again. */
  @Test
  void aSourceThatBreaksIsReplacedAndNothingIsLost() {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    for (int i = 0; i < 30; i++) source.deliver("l", "m" + i);
    source.failNow(SourceException.temporary("connection lost", null));
    sink.answering(m -> SendResult.accepted());
    thread.start();
    await().until(() -> made.size() == 2 && last().inFlight().isEmpty() && last().isDone());
    List<String> settled = new ArrayList<>();
    made.forEach(s -> settled.addAll(bodies(s.settled())));
    assertThat(settled).doesNotHaveDuplicates().hasSize(30);
  }

  @Test
  void aBreakWhileMessagesAreUnderWayBringsThemBack() {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    for (int i = 0; i < 5; i++) source.deliver("l", "m" + i);
    thread.start();
    await().until(() -> sink.underWay() == 1);
    ScriptedSink.Sent before = sink.next();
    source.failNow(SourceException.temporary("connection lost", null));
    await().until(() -> sink.underWay() == 1);
    // The late answer belongs to a source that is gone: it must settle nothing.
    before.answerAll(SendResult.accepted());
    sink.next().answerAll(SendResult.duplicate());
    await().until(() -> last().settled().size() == 5);
    assertThat(source.settled()).isEmpty();
    await().until(() -> pump.status().duplicates() == 5);
  }

  @Test
  void aResultWakesThePumpOutOfItsPoll() {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    source.deliver("l", "a");
    thread.start();
    await().until(() -> sink.underWay() == 1);
    sink.next().answerAll(SendResult.accepted());
    await().until(() -> source.settled().size() == 1);
  }

  @Test
  void stopWithAmeboAwayEndsWithinTheDrainTimeout() throws Exception {
    ScriptedSource source = new ScriptedSource("s");
    next.add(source);
    source.deliver("l", "a");
    thread.start();
    await().until(() -> sink.underWay() == 1);
    pump.stop();
    thread.join(10_000);
    assertThat(pump.status().state()).isEqualTo(PumpStatus.State.STOPPED);
    assertThat(source.settled()).isEmpty();
    assertThat(pump.failure()).isNull();
  }

  @Test
  void stopWhileNothingCanBeReachedIsQuick() throws Exception {
    for (int i = 0; i < 100_000; i++) sink.failOpen(SinkException.temporary("refused", null));
    thread.start();
    pump.stop();
    thread.join(10_000);
    assertThat(pump.status().state()).isEqualTo(PumpStatus.State.STOPPED);
  }
}
