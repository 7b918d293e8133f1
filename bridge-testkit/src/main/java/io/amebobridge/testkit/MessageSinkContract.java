package io.amebobridge.testkit;

import static io.amebobridge.testkit.ContractSink.STORED;
import static io.amebobridge.testkit.ContractSink.ids;
import static io.amebobridge.testkit.ContractSink.outcomes;
import static io.amebobridge.testkit.ContractSink.results;
import static io.amebobridge.testkit.ContractSink.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.amebobridge.core.Message;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import io.amebobridge.core.SinkException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The guarantees of a sink; the numbers are the rules in the package description of {@link
 * io.amebobridge.core}. An adapter passes by extending this with a harness. What it says can't be
 * brought about is skipped with its reason, visibly.
 */
public abstract class MessageSinkContract {
  private static final String TEXT = "text-of-a-body";

  private SinkHarness harness;
  private ContractSink sinks;

  /** Made by the fixture before each test. */
  protected MessageSinkContract() {}

  /** A fresh place at the other end. */
  protected abstract SinkHarness harness() throws Exception;

  @BeforeEach
  void prepare() throws Exception {
    harness = harness();
    sinks = new ContractSink(harness);
  }

  @AfterEach
  void closeAll() throws Exception {
    if (harness == null) return;
    try {
      sinks.close();
    } finally {
      harness.close();
    }
  }

  private void begin(SinkFault fault) throws Exception {
    needs(fault);
    harness.begin(fault);
  }

  private void needs(SinkFault fault) {
    String reason = harness.unsupported().get(fault);
    assumeTrue(reason == null, () -> fault + " is not supported: " + reason);
  }

  private static List<Outcome> all(int size, Outcome outcome) {
    return Collections.nCopies(size, outcome);
  }

  @Test
  @DisplayName("rule 9: accepted means stored: address, id and body, in the batch's order")
  void acceptedIsStored() throws Exception {
    MessageSink sink = sinks.open();
    List<Message> batch = sinks.interleaved("m", 20, "lane");
    assertThat(send(sink, batch)).isEqualTo(all(20, Outcome.ACCEPTED));
    assertThat(sinks.storedIds()).isEqualTo(ids(batch));
    List<SinkHarness.Stored> stored = harness.stored();
    for (int i = 0; i < batch.size(); i++) {
      assertThat(stored.get(i).address()).isEqualTo(harness.address());
      assertThat(stored.get(i).body()).isEqualTo(Objects.requireNonNull(batch.get(i).body()));
    }
  }

  @Test
  @DisplayName("rule 9: an empty batch has no results")
  void anEmptyBatch() throws Exception {
    assertThat(send(sinks.open(), List.of())).isEmpty();
    assertThat(harness.stored()).isEmpty();
  }

  @Test
  @DisplayName("rule 4: a repeat is recognised, in a later batch and by another sink")
  void aRepeatIsRecognised() throws Exception {
    assumeTrue(harness.recognisesRepeats(), "the other end does not recognise repeats");
    List<Message> batch = sinks.interleaved("m", 5, "lane");
    assertThat(send(sinks.open(), batch)).isEqualTo(all(5, Outcome.ACCEPTED));
    List<Message> more = new ArrayList<>(batch);
    more.add(sinks.message("new", "lane"));
    List<Outcome> again = send(sinks.open(), more);
    assertThat(again.subList(0, 5)).isEqualTo(all(5, Outcome.DUPLICATE));
    assertThat(again.get(5)).isEqualTo(Outcome.ACCEPTED);
    assertThat(sinks.storedIds()).isEqualTo(ids(more));
  }

  @Test
  @DisplayName("rule 4: a repeat within one batch is recognised")
  void aRepeatInOneBatch() throws Exception {
    assumeTrue(harness.recognisesRepeats(), "the other end does not recognise repeats");
    Message one = sinks.message("one", "lane");
    assertThat(send(sinks.open(), List.of(one, one)))
        .containsExactly(Outcome.ACCEPTED, Outcome.DUPLICATE);
    assertThat(sinks.storedIds()).containsExactly("one");
  }

  @Test
  @DisplayName("rule 4: equal bodies under different ids, or none, are different messages")
  void equalBodiesAreNotRepeats() throws Exception {
    List<Message> batch = new ArrayList<>();
    for (String id : new String[] {"a", "b", null, null}) {
      batch.add(sinks.message(id, "lane", harness.body(TEXT)));
    }
    assertThat(send(sinks.open(), batch)).isEqualTo(all(4, Outcome.ACCEPTED));
    assertThat(harness.stored()).hasSize(4);
  }

  @Test
  @DisplayName("rule 6: a rejected message does not disturb its neighbours, nor shows its body")
  void aRejectedMessageStandsAlone() throws Exception {
    byte[] rejected = harness.rejectedBody(TEXT);
    assumeTrue(rejected != null, "the other end rejects nothing");
    assertOneIsRejected(rejected);
  }

  @Test
  @DisplayName("rule 6: a message that is too large is rejected alone")
  void anOversizedMessageStandsAlone() throws Exception {
    byte[] oversized = harness.oversizedBody();
    assumeTrue(oversized != null, "the other end has no limit");
    assertOneIsRejected(oversized);
  }

  private void assertOneIsRejected(byte[] body) throws Exception {
    List<Message> batch = sinks.interleaved("m", 10, "lane");
    batch.set(4, sinks.message("bad", "lane", body));
    List<SendResult> results = results(sinks.open().send(batch), 10);
    List<Outcome> expected = new ArrayList<>(all(10, Outcome.ACCEPTED));
    expected.set(4, Outcome.REJECTED);
    assertThat(outcomes(results)).isEqualTo(expected);
    assertThat(results.get(4).detail()).isNotBlank().doesNotContain(TEXT);
    List<String> others = new ArrayList<>(ids(batch));
    others.remove("bad");
    assertThat(sinks.storedIds()).isEqualTo(others);
  }

  @Test
  @DisplayName(
      "rule 6: while the other end is away nothing is stored; afterwards the same sink goes on")
  void awayAndBack() throws Exception {
    MessageSink sink = sinks.open();
    List<Message> batch = sinks.interleaved("m", 6, "a", "b");
    begin(SinkFault.AWAY);
    assertThat(send(sink, batch)).isEqualTo(all(12, Outcome.UNAVAILABLE));
    harness.end();
    assertThat(harness.stored()).isEmpty();
    assertThat(send(sink, batch)).isEqualTo(all(12, Outcome.ACCEPTED));
    for (String lane : List.of("a", "b")) {
      assertThat(sinks.storedIds(batch, lane)).hasSize(6).isSorted();
    }
  }

  @Test
  @DisplayName("rule 6: opening while the other end is away is a temporary failure")
  void openingWhileAway() throws Exception {
    begin(SinkFault.AWAY);
    SinkException e = catchThrowableOfType(SinkException.class, () -> sinks.open());
    assumeTrue(e != null, "the sink opens without connecting");
    assertThat(e.temporary()).isTrue();
    harness.end();
    assertThat(send(sinks.open(), List.of(sinks.message("m", null))))
        .containsExactly(Outcome.ACCEPTED);
  }

  @Test
  @DisplayName("rules 3, 10: a lane's messages are stored in the batch's order")
  void orderWithinALane() throws Exception {
    MessageSink sink = sinks.open();
    String[] lanes = {"a", "b", "c", "d", "e"};
    List<Message> batch = new ArrayList<>(sinks.interleaved("m", 10, lanes));
    for (int i = 0; i < 10; i++) batch.add(i * 4, sinks.message("free-" + i, null));
    assertThat(send(sink, batch)).isEqualTo(all(60, Outcome.ACCEPTED));
    for (String lane : lanes) {
      assertThat(sinks.storedIds(batch, lane)).hasSize(10).isSorted();
    }
    assertThat(sinks.storedIds(batch, null)).hasSize(10);
  }

  @Test
  @DisplayName("rule 10: after one that is unavailable, nothing later of its lane is stored")
  void nothingOvertakesTheUnavailable() throws Exception {
    MessageSink sink = sinks.open();
    List<Message> batch = sinks.interleaved("m", 6, "a", "b", "c");
    begin(SinkFault.FAILS_ONCE);
    List<Outcome> outcomes = send(sink, batch);
    harness.end();
    assertThat(outcomes).contains(Outcome.ACCEPTED, Outcome.UNAVAILABLE);
    for (String lane : List.of("a", "b", "c")) {
      List<String> inLane = new ArrayList<>();
      List<Outcome> ofLane = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        if (!lane.equals(batch.get(i).origin().lane())) continue;
        inLane.add(String.valueOf(batch.get(i).id()));
        ofLane.add(outcomes.get(i));
      }
      int accepted = (int) ofLane.stream().takeWhile(STORED::contains).count();
      int good = sinks.storedIds(batch, lane).size();
      // whoever knows no repeats may have lost the answer with the message stored
      assertThat(good).isBetween(accepted, harness.recognisesRepeats() ? accepted : accepted + 1);
      assertThat(sinks.storedIds(batch, lane)).isEqualTo(inLane.subList(0, good));
      assertThat(ofLane.subList(accepted, 6)).isEqualTo(all(6 - accepted, Outcome.UNAVAILABLE));
    }
    List<Message> again = new ArrayList<>(batch);
    if (!harness.recognisesRepeats()) {
      again.removeIf(m -> STORED.contains(outcomes.get(batch.indexOf(m))));
    }
    assertThat(send(sink, again)).allMatch(STORED::contains);
    for (String lane : List.of("a", "b", "c")) {
      assertThat(once(sinks.storedIds(batch, lane))).hasSize(6).isSorted();
    }
  }

  /** At least once: a repeat comes right behind what it repeats. */
  private List<String> once(List<String> ids) {
    return harness.recognisesRepeats() ? ids : ids.stream().distinct().toList();
  }

  @Test
  @DisplayName(
      "rules 4, 9: stored but the answer lost: not final, and sent again it is stored once, where"
          + " repeats are recognised")
  void theAnswerIsLost() throws Exception {
    MessageSink sink = sinks.open();
    List<Message> batch = sinks.interleaved("m", 3, "lane");
    begin(SinkFault.ANSWERS_LOST);
    List<Outcome> lost = send(sink, batch);
    harness.end();
    assertThat(lost).doesNotContain(Outcome.REJECTED, Outcome.DENIED);
    assertThat(send(sink, batch)).allMatch(STORED::contains);
    assertThat(once(sinks.storedIds())).isEqualTo(ids(batch));
  }

  @Test
  @DisplayName("rules 9, 11: send does not wait, and several batches may be under way")
  void severalBatchesUnderWay() throws Exception {
    MessageSink sink = sinks.open();
    begin(SinkFault.SILENT);
    List<List<Message>> batches = new ArrayList<>();
    List<CompletionStage<List<SendResult>>> stages = new ArrayList<>();
    for (String lane : List.of("a", "b", "c", "d")) {
      List<Message> batch = sinks.interleaved("m", 10, lane);
      batches.add(batch);
      stages.add(sink.send(batch));
    }
    assertThat(stages).noneMatch(s -> s.toCompletableFuture().isDone());
    harness.end();
    for (int i = 0; i < stages.size(); i++) {
      assertThat(outcomes(results(stages.get(i), 10))).isEqualTo(all(10, Outcome.ACCEPTED));
      assertThat(sinks.storedIds(batches.get(i), "abcd".substring(i, i + 1)))
          .hasSize(10)
          .isSorted();
    }
    assertThat(harness.stored()).hasSize(40);
  }

  @Test
  @DisplayName("rule 6: what the other end asks for in Retry-After reaches the pump")
  void retryAfterIsPassedOn() throws Exception {
    MessageSink sink = sinks.open();
    begin(SinkFault.THROTTLING);
    List<SendResult> results = results(sink.send(sinks.interleaved("m", 6, "a", "b")), 12);
    assertThat(outcomes(results)).isEqualTo(all(12, Outcome.UNAVAILABLE));
    assertThat(results).allMatch(r -> SinkHarness.RETRY_AFTER.equals(r.retryAfter()));
    harness.end();
    assertThat(harness.stored()).isEmpty();
  }

  @Test
  @DisplayName("rule 6: denied: every message says so, nothing is stored, opening fails for good")
  void denied() throws Exception {
    MessageSink sink = sinks.open();
    begin(SinkFault.DENYING);
    List<Message> batch = sinks.interleaved("m", 6, "a", "b");
    List<SendResult> results = results(sink.send(batch), 12);
    assertThat(outcomes(results)).isEqualTo(all(12, Outcome.DENIED));
    assertNoSecret(results.toString());
    SinkException e = catchThrowableOfType(SinkException.class, () -> sinks.open());
    if (e != null) {
      assertThat(e.temporary()).isFalse();
      assertNoSecret(e.toString());
    }
    harness.end();
    assertThat(harness.stored()).isEmpty();
    assertThat(send(sink, batch)).isEqualTo(all(12, Outcome.ACCEPTED));
  }

  @Test
  @DisplayName("rule 6: a redirect is a failure, and no reason to dead-letter anything")
  void aRedirectIsAFailure() throws Exception {
    MessageSink sink = sinks.open();
    begin(SinkFault.REDIRECTING);
    List<Message> batch = sinks.interleaved("m", 6, "a", "b");
    assertThat(send(sink, batch)).isEqualTo(all(12, Outcome.UNAVAILABLE));
    harness.end();
    assertThat(harness.stored()).isEmpty();
  }

  @Test
  @DisplayName("closing is idempotent, before and after opening, and another sink works on")
  void closingIsIdempotent() throws Exception {
    MessageSink neverOpen = harness.newSink();
    neverOpen.close();
    neverOpen.close();
    MessageSink other = sinks.open();
    MessageSink sink = sinks.open();
    sink.close();
    sink.close();
    assertThat(send(other, List.of(sinks.message("m", null)))).containsExactly(Outcome.ACCEPTED);
  }

  @Test
  @DisplayName("no secret in toString")
  void noSecretInText() throws Exception {
    assumeTrue(harness.secret() != null, "nothing configured is secret");
    MessageSink sink = harness.newSink();
    assertNoSecret(sink.toString());
    assertNoSecret(sinks.open().toString());
    sink.close();
  }

  private void assertNoSecret(String text) {
    String secret = harness.secret();
    if (secret != null) assertThat(text).doesNotContain(secret);
  }
}
