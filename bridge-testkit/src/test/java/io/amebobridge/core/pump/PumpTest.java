package io.amebobridge.core.pump;

import static io.amebobridge.core.pump.PumpBench.bodies;
import static io.amebobridge.core.pump.PumpBench.body;
import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.client.AmeboException;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.testkit.ScriptedSink;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pump's side of the contract; the numbers are those of bridge-core's package-info. */
class PumpTest {
  private PumpBench bench = new PumpBench();

  @AfterEach
  void countersAddUp() {
    PumpBench.assertAddsUp(bench.status());
  }

  @Test
  void acceptedMessagesAreSettled() throws Exception {
    bench.sink.answering(m -> SendResult.accepted());
    bench.source.deliver("l", "a");
    bench.source.deliver("l", "b");
    bench.cycles(3);
    assertThat(bodies(bench.source.settled())).containsExactly("a", "b");
    assertThat(bench.status().accepted()).isEqualTo(2);
  }

  @Test
  void nothingIsSettledBeforeItIsAccepted() throws Exception {
    bench.source.deliver("l", "a");
    bench.cycles(5);
    assertThat(bench.sink.underWay()).isEqualTo(1);
    assertThat(bench.source.settled()).isEmpty();
  }

  @Test
  void duplicateCountsAsAccepted() throws Exception {
    bench.sink.answering(m -> SendResult.duplicate());
    bench.source.deliver("l", "a");
    bench.cycles(3);
    assertThat(bench.source.settled()).hasSize(1);
    assertThat(bench.status().duplicates()).isEqualTo(1);
  }

  /** Rule 3. */
  @Test
  void aLaneHasOneBatchUnderWay() throws Exception {
    for (int i = 0; i < 25; i++) bench.source.deliver("l", "m" + i);
    bench.cycles(3);
    assertThat(bench.sink.underWay()).isEqualTo(1);
    assertThat(bench.sink.next().messages()).hasSize(10);
  }

  /** Rule 3. */
  @Test
  void lanesGoSideBySide() throws Exception {
    for (int i = 0; i < 10; i++) bench.source.deliver("one", "1-" + i);
    for (int i = 0; i < 10; i++) bench.source.deliver("two", "2-" + i);
    bench.cycles(3);
    assertThat(bench.sink.underWay()).isEqualTo(2);
  }

  /** Rule 3. */
  @Test
  void messagesWithoutALaneNeedNotWaitForEachOther() throws Exception {
    for (int i = 0; i < 20; i++) bench.source.deliver(null, "m" + i);
    bench.cycles(3);
    assertThat(bench.sink.underWay()).isEqualTo(2);
  }

  /** Rules 3 and 6. */
  @Test
  void aRetryBlocksItsLaneOnlyAndKeepsItsOrder() throws Exception {
    bench.source.deliver("bad", "b0");
    bench.source.deliver("bad", "b1");
    bench.source.deliver("good", "g0");
    bench.cycles(2);
    bench.sink.next().answerEach(unavailable(), unavailable(), SendResult.accepted());
    bench.source.deliver("bad", "b2");
    bench.source.deliver("good", "g1");
    bench.cycles(2);
    ScriptedSink.Sent good = bench.sink.next();
    assertThat(bodies(good.messages())).containsExactly("g1");
    assertThat(bench.sink.underWay()).isZero();
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    assertThat(bodies(bench.sink.next().messages())).containsExactly("b0", "b1", "b2");
  }

  @Test
  void whatWasAcceptedIsNotSentAgainWithTheRest() throws Exception {
    bench.source.deliver("l", "a");
    bench.source.deliver("l", "b");
    bench.cycles(2);
    bench.sink.next().answerEach(SendResult.accepted(), unavailable());
    bench.cycles(2);
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    assertThat(bodies(bench.source.settled())).containsExactly("a");
    assertThat(bodies(bench.sink.next().messages())).containsExactly("b");
  }

  @Test
  void partsOfAMessageAreSettledTogether() throws Exception {
    bench.source.deliver("l", "twice");
    bench.cycles(2);
    ScriptedSink.Sent first = bench.sink.next();
    assertThat(first.messages()).hasSize(2);
    first.answerEach(SendResult.accepted(), unavailable());
    bench.cycles(2);
    assertThat(bench.source.settled()).isEmpty();
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    ScriptedSink.Sent second = bench.sink.next();
    assertThat(second.messages()).containsExactly(first.messages().get(1));
    second.answerAll(SendResult.accepted());
    bench.cycles(2);
    assertThat(bench.source.settled()).hasSize(1);
    assertThat(bench.status().accepted()).isEqualTo(1);
  }

  /** Rule 6: retried for ever, with backoff. */
  @Test
  void backoffDoublesUpToItsCap() throws Exception {
    bench.source.deliver("l", "a");
    bench.cycles(2);
    for (int seconds : new int[] {1, 2, 4, 8, 8, 8}) {
      bench.sink.next().answerAll(unavailable());
      bench.cycles(1);
      bench.clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
      bench.cycles(1);
      assertThat(bench.sink.underWay()).as("before %s s", seconds).isZero();
      bench.clock.advance(Duration.ofNanos(1));
      bench.cycles(1);
    }
    assertThat(bench.deadLetters.letters()).isEmpty();
  }

  /** Rule 6. */
  @Test
  void retryAfterIsHonouredUpToItsCap() throws Exception {
    bench.source.deliver("l", "a");
    bench.cycles(2);
    bench.sink.next().answerAll(SendResult.unavailable("busy", Duration.ofSeconds(20)));
    bench.cycles(1);
    bench.clock.advance(Duration.ofSeconds(19));
    bench.cycles(1);
    assertThat(bench.sink.underWay()).isZero();
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    bench.sink.next().answerAll(SendResult.unavailable("busy", Duration.ofDays(1)));
    bench.cycles(1);
    bench.clock.advance(Duration.ofMinutes(1));
    bench.cycles(1);
    assertThat(bench.sink.underWay()).isEqualTo(1);
  }

  @Test
  void aStageThatFailsIsSentAgainWhole() throws Exception {
    bench.source.deliver("l", "a");
    bench.source.deliver("l", "b");
    bench.cycles(2);
    bench
        .sink
        .next()
        .answer()
        .completeExceptionally(new AmeboException.OutcomeUnknown("timed out", null));
    bench.cycles(1);
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    assertThat(bodies(bench.sink.next().messages())).containsExactly("a", "b");
    assertThat(bench.status().lastError()).isEqualTo("timed out");
  }

  @Test
  void aSinkThatLosesCountIsNotBelieved() throws Exception {
    bench.source.deliver("l", "a");
    bench.source.deliver("l", "b");
    bench.cycles(2);
    bench.sink.next().answerEach(SendResult.accepted());
    bench.cycles(2);
    assertThat(bench.source.settled()).isEmpty();
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(1);
    assertThat(bench.sink.next().messages()).hasSize(2);
  }

  /** Rule 5. */
  @Test
  void whatCannotBeMappedIsSettledAfterItsLetterIsDurable() throws Exception {
    bench.deadLetters.full(true);
    bench.source.deliver("l", "fail");
    bench.cycles(3);
    assertThat(bench.source.settled()).isEmpty();
    assertThat(bench.status().lastError()).contains("no space left");
    assertThat(bench.deadLetters.attempts()).isEqualTo(1);
    bench.deadLetters.full(false);
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(2);
    assertThat(bench.source.settled()).hasSize(1);
    DeadLetter letter = bench.deadLetters.letters().get(0);
    assertThat(letter.stage()).isEqualTo(DeadLetter.Stage.MAPPING);
    assertThat(letter.reason()).isEqualTo("routes[0]: can't map it");
    assertThat(body(letter.message())).isEqualTo("fail");
  }

  /** Rule 5. */
  @Test
  void aRejectedPartGoesToTheDeadLettersWithWhatItHadBecome() throws Exception {
    bench.source.deliver("l", "twice");
    bench.cycles(2);
    ScriptedSink.Sent sent = bench.sink.next();
    sent.answerEach(SendResult.accepted(), SendResult.rejected("/email: is missing"));
    bench.cycles(2);
    DeadLetter letter = bench.deadLetters.letters().get(0);
    assertThat(letter.stage()).isEqualTo(DeadLetter.Stage.SENDING);
    assertThat(letter.reason()).isEqualTo("/email: is missing");
    assertThat(letter.rendered()).containsExactly(sent.messages().get(1));
    assertThat(bench.source.settled()).hasSize(1);
    assertThat(bench.status().deadLettered()).isEqualTo(1);
  }

  @Test
  void filteredMessagesAreSettledAndCounted() throws Exception {
    bench.source.deliver("l", "filter");
    bench.cycles(2);
    assertThat(bench.source.settled()).hasSize(1);
    assertThat(bench.status().filtered()).isEqualTo(1);
  }

  /** Rule 2: full, the source is still polled, and reads on when there is room. */
  @Test
  void backPressurePausesTheSourceAndKeepsItAlive() throws Exception {
    bench = new PumpBench(PumpBench.settings(5, 10, 0.5, 100));
    for (int i = 0; i < 12; i++) bench.source.deliver("l", "m" + i);
    bench.cycles(4);
    assertThat(bench.source.inFlight()).hasSize(5);
    assertThat(bench.source.polls()).endsWith(0, 0);
    bench.sink.next().answerAll(SendResult.accepted());
    bench.cycles(2);
    assertThat(bench.source.settled()).hasSize(5);
    assertThat(bench.source.inFlight()).hasSize(5);
  }

  /**
   * A lane that is due and can't be sent, because all batches are under way, is nothing to spin
   * for.
   */
  @Test
  void itDoesNotSpinWhileEveryBatchIsUnderWay() throws Exception {
    bench.source.deliver("delayed", "d");
    bench.cycles(2);
    bench.sink.next().answerAll(unavailable());
    for (int lane = 0; lane < 5; lane++) {
      for (int i = 0; i < 10; i++) bench.source.deliver("busy" + lane, "b" + i);
    }
    bench.cycles(2);
    assertThat(bench.sink.underWay()).isEqualTo(4);
    bench.clock.advance(Duration.ofSeconds(5));
    assertThat(bench.pump.waitNanos()).isEqualTo(Duration.ofMillis(100).toNanos());
  }

  /** Rule 2: slow expressions must not keep the pump from polling. */
  @Test
  void routingIsBoundedInTime() throws Exception {
    for (int i = 0; i < 10; i++) bench.source.deliver("l", "slow" + i);
    bench.cycles(1);
    assertThat(bench.source.inFlight()).hasSize(10);
    bench.cycles(1);
    ScriptedSink.Sent first = bench.sink.next();
    assertThat(bodies(first.messages())).containsExactly("slow0", "slow1");
    assertThat(bench.source.polls()).endsWith(0);
    bench.source.loseNow(Set.of("l"));
    bench.cycles(8);
    first.answerAll(SendResult.accepted());
    bench.cycles(2);
    assertThat(bench.sink.batches()).hasSize(1);
    assertThat(bench.status().abandoned()).isEqualTo(8);
    assertThat(bench.status().inFlight()).isZero();
  }

  @Test
  void lettersThatCannotBeStoredCountAgainstTheBytes() throws Exception {
    bench.deadLetters.full(true);
    bench.source.deliver("l", "fail" + "x".repeat(1 << 20));
    bench.cycles(1);
    bench.source.deliver("l", "m");
    bench.cycles(3);
    assertThat(bench.source.polls()).endsWith(0, 0);
    assertThat(bench.sink.batches()).isEmpty();
    bench.deadLetters.full(false);
    bench.clock.advance(Duration.ofSeconds(1));
    bench.cycles(4);
    assertThat(bench.sink.underWay()).isEqualTo(1);
  }

  private static SendResult unavailable() {
    return SendResult.unavailable("503", null);
  }

  @Test
  void aMessageLargerThanABatchStillGoes() throws Exception {
    bench.source.deliver("l", "x".repeat(2 << 20));
    bench.source.deliver("l", "y");
    bench.cycles(2);
    assertThat(bench.sink.next().messages()).hasSize(1);
    assertThat(List.of(bench.sink.underWay())).containsExactly(0);
  }
}
