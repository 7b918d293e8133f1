package io.amebobridge.core.pump;

import static io.amebobridge.core.pump.PumpBench.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.Message;
import io.amebobridge.core.SendResult;
import io.amebobridge.testkit.ScriptedSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of random turns: messages, results of every kind, revocations, a full disk; then all
 * that must hold is checked. A failure names its seed, and the same seed fails again.
 */
class PumpModelTest {
  private static final int LANES = 5;
  private static final int TURNS = 1000;

  private final PumpBench bench = new PumpBench(PumpBench.settings(400, 6, 1, 10));
  private final Set<String> stored = new LinkedHashSet<>();
  private final Map<String, List<Integer>> storedByLane = new HashMap<>();
  private final Set<String> storedParts = new LinkedHashSet<>();
  private int delivered;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void nothingIsLostOrOvertaken(long seed) throws Exception {
    Random random = new Random(seed);
    for (int turn = 0; turn < TURNS; turn++) turn(random);
    settleAll();

    PumpStatus s = bench.status();
    assertThat(s.inFlight()).isZero();
    assertThat(s.received()).isEqualTo(delivered);
    PumpBench.assertAddsUp(s);
    assertThat(bench.deadLetters.letters()).hasSize((int) s.deadLettered());
    assertThat(bench.source.settled())
        .hasSize((int) (s.accepted() + s.filtered() + s.deadLettered()));
    for (Message m : bench.source.settled()) {
      boolean letter =
          bench.deadLetters.letters().stream()
              .anyMatch(l -> l.message().id() != null && l.message().id().equals(m.id()));
      assertThat(letter || body(m).startsWith("filter") || stored.contains(m.id()))
          .as("settled without an end: %s", m)
          .isTrue();
    }
    storedByLane.forEach((lane, order) -> assertThat(order).as("lane %s", lane).isSorted());
  }

  private void turn(Random random) throws Exception {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> deliver(random);
      case 3, 4 -> answer(random);
      case 5 -> bench.clock.advance(Duration.ofMillis(random.nextInt(3000)));
      case 6 -> bench.deadLetters.full(random.nextInt(4) == 0);
      default -> bench.cycles(1);
    }
    bench.cycles(1);
    assertOneBatchPerLane();
  }

  private void deliver(Random random) {
    String kind = List.of("m", "m", "m", "m", "twice", "filter", "fail").get(random.nextInt(7));
    int lane = random.nextInt(LANES + 1);
    bench.source.deliver(lane == LANES ? null : "lane" + lane, kind + delivered++);
  }

  /** Answers some batch under way: as rule 10 asks, nothing of a lane is stored after a failure. */
  private void answer(Random random) {
    if (bench.sink.underWay() == 0) return;
    ScriptedSink.Sent sent = bench.sink.next();
    if (random.nextInt(10) == 0) {
      // The outcome may be unknown: stored, and yet the stage fails.
      if (random.nextBoolean()) sent.messages().forEach(this::store);
      sent.answer().completeExceptionally(new IllegalStateException("cut"));
      return;
    }
    List<SendResult> results = new ArrayList<>();
    Set<String> blocked = new LinkedHashSet<>();
    for (Message m : sent.messages()) {
      String lane = m.origin().lane();
      if (lane != null && blocked.contains(lane)) {
        results.add(SendResult.unavailable("behind another", null));
        continue;
      }
      SendResult result = result(random, m);
      if (result.outcome() == SendResult.Outcome.UNAVAILABLE && lane != null) blocked.add(lane);
      results.add(result);
    }
    sent.answer().complete(results);
  }

  private SendResult result(Random random, Message m) {
    return switch (random.nextInt(6)) {
      case 0 -> SendResult.unavailable("503", null);
      case 1 -> SendResult.rejected("schema");
      default -> store(m) ? SendResult.accepted() : SendResult.duplicate();
    };
  }

  private boolean store(Message m) {
    String id = String.valueOf(m.id());
    String lane = m.origin().lane();
    int part = id.indexOf('#');
    stored.add(part < 0 ? id : id.substring(0, part));
    boolean first = storedParts.add(id);
    if (first && lane != null) {
      String offset = id.substring(id.lastIndexOf(':') + 1).replaceFirst("#.*", "");
      storedByLane.computeIfAbsent(lane, l -> new ArrayList<>()).add(Integer.parseInt(offset));
    }
    return first;
  }

  private void assertOneBatchPerLane() {
    // Rule 3, seen from the sink: what is under way shares no lane.
    Set<String> lanes = new LinkedHashSet<>();
    for (ScriptedSink.Sent sent : bench.sink.unanswered()) {
      Set<String> of = new LinkedHashSet<>();
      for (Message m : sent.messages()) if (m.origin().lane() != null) of.add(m.origin().lane());
      for (String lane : of) assertThat(lanes.add(lane)).as("lane %s twice", lane).isTrue();
    }
  }

  private void settleAll() throws Exception {
    bench.deadLetters.full(false);
    Random calm = new Random(0);
    for (int i = 0;
        i < 10_000 && !(bench.source.isDone() && bench.source.inFlight().isEmpty());
        i++) {
      bench.clock.advance(Duration.ofSeconds(10));
      answer(calm);
      bench.cycles(1);
    }
    bench.cycles(2);
    assertThat(bench.source.inFlight()).isEmpty();
  }
}
