package io.amebobridge.core.pump;

import static io.amebobridge.core.pump.PumpBench.bodies;
import static io.amebobridge.core.pump.PumpBench.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.SendResult;
import io.amebobridge.testkit.ScriptedSink;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a pump ends, and how it lets go of lanes. */
class PumpStopTest {
  private PumpBench bench = new PumpBench();

  @AfterEach
  void countersAddUp() {
    PumpBench.assertAddsUp(bench.status());
  }

  /** Rule 6. */
  @Test
  void deniedStopsThePumpAndDeadLettersNothing() throws Exception {
    bench.source.deliver("l", "a");
    bench.cycles(2);
    bench.sink.next().answerAll(SendResult.denied("401 from http://amebo: wrong secret"));
    assertThatThrownBy(() -> bench.cycles(1))
        .isInstanceOf(PumpStopped.class)
        .hasMessageContaining("wrong secret")
        .hasMessageContaining("correct what is denied");
    assertThat(bench.deadLetters.letters()).isEmpty();
    assertThat(bench.source.settled()).isEmpty();
  }

  /** Rule 6: too large a share means that the mapping is wrong. */
  @Test
  void tooManyDeadLettersStopThePump() {
    bench = new PumpBench(PumpBench.settings(100, 10, 0.5, 10));
    bench.sink.answering(m -> SendResult.accepted());
    for (int i = 0; i < 4; i++) bench.source.deliver("l", "m" + i);
    for (int i = 0; i < 20; i++) bench.source.deliver("l", "fail" + i);
    assertThatThrownBy(() -> bench.cycles(5))
        .isInstanceOf(PumpStopped.class)
        .hasMessageContaining("route r: 10 of the last 10")
        .hasMessageContaining("routes[0]: can't map it");
    bench.pump.settleQuietly();
    assertThat(bench.deadLetters.letters()).hasSize(9);
    assertThat(bench.source.settled()).hasSize(9);
  }

  @Test
  void aFewDeadLettersDoNot() throws Exception {
    bench = new PumpBench(PumpBench.settings(100, 10, 0.5, 10));
    bench.sink.answering(m -> SendResult.accepted());
    for (int i = 0; i < 20; i++) {
      bench.source.deliver("l", "m" + i);
      bench.source.deliver("l", "fail" + i);
      bench.cycles(3);
    }
    assertThat(bench.source.settled()).hasSize(40);
  }

  /** Rule 8. */
  @Test
  void revocationFinishesWhatIsUnderWayAndLeavesTheRest() throws Exception {
    for (int i = 0; i < 15; i++) bench.source.deliver("leaving", "m" + i);
    bench.cycles(2);
    ScriptedSink.Sent sent = bench.sink.next();
    sent.answerAll(SendResult.accepted());
    bench.pump.drain(Set.of("leaving"), Duration.ofSeconds(1));
    assertThat(bodies(bench.source.settled())).isEqualTo(bodies(sent.messages()));
    assertThat(bench.status().abandoned()).isEqualTo(5);
    bench.source.deliver("staying", "s");
    bench.cycles(2);
    assertThat(bodies(bench.sink.next().messages())).containsExactly("s");
  }

  /** Rules 3 and 4: the new owner sends it; we must not send it after that. */
  @Test
  void whatIsNoLongerOwnedIsNotSent() throws Exception {
    for (int i = 0; i < 15; i++) bench.source.deliver("l", "m" + i);
    bench.cycles(2);
    bench.source.loseNow(Set.of("l"));
    bench.cycles(1);
    bench.sink.next().answerAll(SendResult.accepted());
    bench.cycles(3);
    assertThat(bench.sink.batches()).hasSize(1);
    assertThat(bench.source.settled()).isEmpty();
    assertThat(bench.status().abandoned()).isEqualTo(5);
    assertThat(bench.status().inFlight()).isZero();
  }

  @Test
  void stopFinishesWhatIsUnderWayAndLeavesTheRest() throws Exception {
    for (int i = 0; i < 15; i++) bench.source.deliver("l", "m" + i);
    bench.cycles(2);
    bench.sink.next().answerAll(SendResult.accepted());
    bench.pump.drainAll(Duration.ofSeconds(1));
    assertThat(bench.source.settled()).hasSize(10);
    assertThat(bench.status().abandoned()).isEqualTo(5);
  }

  /** Rules 5 and 8: copies elsewhere take a moment, and need not be made again. */
  @Test
  void stopWaitsForLettersThatAreOnTheirWay() throws Exception {
    bench.deadLetters.late(3, () -> bench.clock.advance(Duration.ofMillis(20)));
    bench.source.deliver("l", "fail");
    bench.cycles(1);
    bench.pump.drainAll(Duration.ofSeconds(1));
    assertThat(bench.deadLetters.letters()).hasSize(1);
    assertThat(bodies(bench.source.settled())).containsExactly("fail");
  }

  @Test
  void revocationDoesNotWaitForTheLettersOfOtherLanes() throws Exception {
    bench.deadLetters.late(3, () -> bench.clock.advance(Duration.ofMillis(20)));
    bench.source.deliver("staying", "fail");
    bench.cycles(1);
    bench.pump.drain(Set.of("leaving"), Duration.ofDays(1));
    assertThat(bench.source.settled()).isEmpty();
    bench.pump.drain(Set.of("staying"), Duration.ofDays(1));
    assertThat(bodies(bench.source.settled())).containsExactly("fail");
  }

  @Test
  void stopDoesNotWaitForLettersThatCannotBeStored() throws Exception {
    bench.deadLetters.full(true);
    bench.source.deliver("l", "fail");
    bench.cycles(2);
    bench.pump.drainAll(Duration.ofDays(1));
    assertThat(bench.source.settled()).isEmpty();
  }

  /**
   * Rules 6 and 8: what stops the pump while it drains stops it afterwards, and leaves no lane
   * stuck.
   */
  @Test
  void aStopThatComesUpWhileDrainingIsNotForgotten() throws Exception {
    bench = new PumpBench(PumpBench.settings(100, 30, 0.5, 10));
    for (int i = 0; i < 11; i++) bench.source.deliver("leaving", "l" + i);
    for (int i = 0; i < 3; i++) bench.source.deliver("staying", "s" + i);
    bench.cycles(2);
    ScriptedSink.Sent sent = bench.sink.next();
    sent.answer()
        .complete(
            sent.messages().stream()
                .map(
                    m ->
                        body(m).startsWith("l")
                            ? SendResult.rejected("schema")
                            : SendResult.accepted())
                .toList());
    bench.pump.drain(Set.of("leaving"), Duration.ofSeconds(1));
    assertThat(bodies(bench.source.settled())).contains("s0", "s1", "s2");
    assertThat(bench.deadLetters.letters()).hasSize(9);
    assertThatThrownBy(() -> bench.cycles(1))
        .isInstanceOf(PumpStopped.class)
        .hasMessageContaining("10 of the last 10");
  }

  @Test
  void deniedWhileStoppingIsAFailureToo() throws Exception {
    bench.source.deliver("l", "a");
    bench.cycles(2);
    bench.sink.next().answerAll(SendResult.denied("401"));
    assertThatThrownBy(() -> bench.pump.drainAll(Duration.ofSeconds(1)))
        .isInstanceOf(PumpStopped.class);
  }
}
