package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.SendResult;
import io.amebobridge.core.SendResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which messages of a call go out together, and what stops with what (rule 10). */
class SendingTest {
  private static final SendResult LATER = SendResult.unavailable("later", null);
  private static final List<List<String>> A1 = List.of(List.of("a1"));

  private static SendEntry entry(@Nullable String lane, String target, String body) {
    return SendEntry.of(lane, target, body, Map.of(), null, null);
  }

  private static Sending sending(SendEntry... entries) {
    return new Sending(Arrays.asList(entries), Collections.nCopies(entries.length, null));
  }

  private static List<List<String>> bodies(List<Sending.Request> requests) {
    return requests.stream().map(r -> r.entries().stream().map(SendEntry::body).toList()).toList();
  }

  private static void answer(Sending sending, Sending.Request request, SendResult result) {
    sending.take(request, Collections.nCopies(request.items.size(), result), false);
  }

  private static List<Outcome> outcomes(Sending sending) {
    assertThat(sending.done()).isCompleted();
    return sending.done().join().stream().map(SendResult::outcome).toList();
  }

  @Test
  void aFifoTargetGetsOneOfALaneAtATime() {
    Sending sending =
        sending(
            entry("a", "q.fifo", "a0"),
            entry("a", "q.fifo", "a1"),
            entry("b", "q.fifo", "b0"),
            entry(null, "q.fifo", "x"),
            entry(null, "q.fifo", "y"));
    List<Sending.Request> first = sending.next(10, 1000);
    assertThat(bodies(first)).containsExactly(List.of("a0", "b0", "x", "y"));
    assertThat(sending.next(10, 1000)).isEmpty();
    answer(sending, first.get(0), SendResult.accepted());
    assertThat(bodies(sending.next(10, 1000))).containsExactly(List.of("a1"));
  }

  @Test
  void aStandardTargetGetsALaneInOneRequestWhileThereIsRoom() {
    Sending sending =
        sending(
            entry("a", "q", "a0"),
            entry("a", "q", "a1"),
            entry("a", "q", "a2"),
            entry("b", "q", "b0"),
            entry("a", "q", "a3"));
    assertThat(bodies(sending.next(2, 1000)))
        .as("what is behind one that waits, waits")
        .containsExactly(List.of("a0", "a1"), List.of("b0"));
    Sending bytes = sending(entry(null, "q", "12345"), entry(null, "q", "12345"));
    assertThat(bodies(bytes.next(10, 9))).hasSize(2);
  }

  @Test
  void whatIsBehindOneThatComesAgainIsNotSent() {
    Sending sending =
        sending(entry("a", "q.fifo", "a0"), entry("a", "q.fifo", "a1"), entry("b", "q.fifo", "b0"));
    Sending.Request request = sending.next(10, 1000).get(0);
    sending.take(request, List.of(LATER, SendResult.accepted()), false);
    assertThat(sending.next(10, 1000)).isEmpty();
    assertThat(outcomes(sending))
        .containsExactly(Outcome.UNAVAILABLE, Outcome.UNAVAILABLE, Outcome.ACCEPTED);
  }

  @Test
  void aRejectedOneIsNotInTheWay() {
    Sending sending =
        new Sending(
            Arrays.asList(entry("a", "q.fifo", "a0"), null, entry("a", "q.fifo", "a2")),
            Arrays.asList(null, "unfit", null));
    answer(sending, sending.next(10, 1000).get(0), SendResult.rejected("no"));
    answer(sending, sending.next(10, 1000).get(0), SendResult.accepted());
    assertThat(outcomes(sending))
        .containsExactly(Outcome.REJECTED, Outcome.REJECTED, Outcome.ACCEPTED);
  }

  @Test
  void aTargetThatIsAwayStopsWhatWaitsForItAndWhatIsBehindThatElsewhere() {
    Sending sending =
        sending(
            entry("a", "x.fifo", "a0"),
            entry("a", "x.fifo", "a1"),
            entry("b", "y.fifo", "b0"),
            entry("b", "x.fifo", "b1"),
            entry("b", "y.fifo", "b2"),
            entry("c", "y.fifo", "c0"),
            entry("c", "y.fifo", "c1"));
    List<Sending.Request> first = sending.next(10, 1000);
    assertThat(bodies(first)).containsExactly(List.of("a0"), List.of("b0", "c0"));
    sending.take(first.get(0), List.of(LATER), true);
    answer(sending, first.get(1), SendResult.accepted());
    List<Sending.Request> second = sending.next(10, 1000);
    assertThat(bodies(second)).as("not b2: b1 was not stored").containsExactly(List.of("c1"));
    answer(sending, second.get(0), SendResult.accepted());
    assertThat(outcomes(sending))
        .containsExactly(
            Outcome.UNAVAILABLE,
            Outcome.UNAVAILABLE,
            Outcome.ACCEPTED,
            Outcome.UNAVAILABLE,
            Outcome.UNAVAILABLE,
            Outcome.ACCEPTED,
            Outcome.ACCEPTED);
  }

  @Test
  void aMessageThatIsRefusedForItsContentIsRefusedAlone() {
    SendResult no = SendResult.rejected("no");
    Sending one = sending(entry("a", "q.fifo", "a0"), entry("a", "q.fifo", "a1"));
    one.take(one.next(10, 1000).get(0), List.of(no), true);
    List<Sending.Request> behind = one.next(10, 1000);
    assertThat(bodies(behind)).containsExactly(List.of("a1"));
    answer(one, behind.get(0), SendResult.accepted());
    assertThat(outcomes(one)).containsExactly(Outcome.REJECTED, Outcome.ACCEPTED);
    Sending several =
        sending(
            entry("a", "q.fifo", "a0"),
            entry("b", "q.fifo", "b0"),
            entry("a", "q.fifo", "a1"),
            entry("b", "q.fifo", "b1"));
    List<Sending.Request> heads = several.next(1, 1000);
    assertThat(bodies(heads)).containsExactly(List.of("a0"), List.of("b0"));
    several.take(heads.get(0), List.of(no), true);
    assertThat(bodies(several.next(1, 1000))).as("b0 is not stored yet").isEqualTo(A1);
    answer(several, heads.get(1), SendResult.accepted());
    assertThat(bodies(several.next(1, 1000))).containsExactly(List.of("b1"));
  }

  /** Whatever fails, in whatever order answers come: a lane is stored in order, without a gap. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noLaneIsEverOvertaken(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      SendEntry[] entries = new SendEntry[1 + random.nextInt(40)];
      for (int i = 0; i < entries.length; i++) {
        int lane = random.nextInt(5);
        String target = random.nextBoolean() ? "x.fifo" : "y.fifo";
        entries[i] = entry(lane == 0 ? null : "lane-" + lane, target, Integer.toString(i));
      }
      List<Integer> stored = new ArrayList<>();
      Sending sending = sending(entries);
      List<Integer> rejected = new ArrayList<>();
      run(sending, random, stored, rejected);
      List<Outcome> outcomes = outcomes(sending);
      assertThat(rejected)
          .as("none but who was sent and refused")
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, entries.length)
                  .filter(i -> outcomes.get(i) == Outcome.REJECTED)
                  .boxed()
                  .toList());
      for (int lane = 1; lane < 5; lane++) {
        String name = "lane-" + lane;
        boolean open = false;
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < entries.length; i++) {
          if (!name.equals(entries[i].lane())) continue;
          open |= outcomes.get(i) == Outcome.UNAVAILABLE;
          if (outcomes.get(i) != Outcome.ACCEPTED) continue;
          assertThat(open).as("stored behind one that was not").isFalse();
          expected.add(i);
        }
        assertThat(stored.stream().filter(i -> name.equals(entries[i].lane())))
            .containsExactlyElementsOf(expected);
      }
    }
  }

  private static void run(
      Sending sending, Random random, List<Integer> stored, List<Integer> rejected) {
    List<Sending.Request> underWay = new ArrayList<>(sending.next(3, 1000));
    while (!underWay.isEmpty()) {
      Sending.Request request = underWay.remove(random.nextInt(underWay.size()));
      boolean all = random.nextInt(6) == 0;
      int whole = random.nextInt(2); // 1: refused for its content
      List<SendResult> results = new ArrayList<>();
      for (SendEntry e : request.entries()) {
        int dice = all ? whole : random.nextInt(8);
        results.add(
            dice == 0 ? LATER : dice == 1 ? SendResult.rejected("no") : SendResult.accepted());
        if (dice > 1) stored.add(Integer.parseInt(e.body()));
        if (dice == 1) rejected.add(Integer.parseInt(e.body()));
      }
      sending.take(request, results, all);
      underWay.addAll(sending.next(3, 1000));
    }
  }
}
