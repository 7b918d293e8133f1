package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held, by a clock that only the test moves. */
class LeasesTest {
  private static final Duration VISIBILITY = Duration.ofSeconds(100);
  private static final QueueName QUEUE = QueueName.parse("orders");

  private final AtomicLong clock = new AtomicLong(TimeUnit.DAYS.toNanos(1));
  private final SqsHandOver handOver = new SqsHandOver();
  private final VisibilityLog sqs = new VisibilityLog();
  private final List<Held> lost = new ArrayList<>();
  private SqsCalls calls;
  private QueueReader reader;
  private VisibilityCalls visibility;
  private Leases leases;

  @BeforeEach
  void start() throws Exception {
    SqsSettings settings = new SqsSources("http://localhost:1", "orders").settings();
    calls = new SqsCalls("test", handOver, 2);
    reader =
        new QueueReader(
            settings, QUEUE, new QueueReader.Clients(sqs, sqs, calls, null), new SqsHandOver());
    visibility = new VisibilityCalls(sqs, calls, QUEUE, clock::get);
    leases = new Leases(settings, QUEUE, visibility, lost::add);
    leases.visibility(VISIBILITY);
  }

  @AfterEach
  void end() {
    sqs.release();
    calls.close();
  }

  private Held held(String id, @Nullable String group) {
    return held(id, group, "handle-" + id);
  }

  private List<Held> numbered(int count, @Nullable String group) {
    return IntStream.range(0, count).mapToObj(i -> held("m" + i, group)).toList();
  }

  private Held held(String id, @Nullable String group, String handle) {
    Origin origin = new Origin("shop", group, Instant.EPOCH, Map.of(), null, null);
    byte[] body = id.getBytes(StandardCharsets.UTF_8);
    long now = clock.get();
    long limit = now + Duration.ofHours(12).toNanos();
    Held held =
        new Held(
            reader,
            id,
            handle,
            new Message(null, "q", null, body, List.of(), origin),
            now + VISIBILITY.toNanos(),
            limit);
    leases.add(held);
    return held;
  }

  private void pass(long seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  /** Until so many answers lie in the hand-over: as if the pump stood still meanwhile. */
  private List<Runnable> answers(int count) throws InterruptedException {
    List<Runnable> all = new ArrayList<>(handOver.takeResults());
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (all.size() < count) {
      assertThat(System.nanoTime() - end).as("until the answers are there").isNegative();
      assertThat(handOver.await(Duration.ofSeconds(5).toNanos())).isFalse();
      all.addAll(handOver.takeResults());
    }
    return all;
  }

  @Test
  void whatIsRenewedInTimeIsKept() throws Exception {
    Held a = held("a", null);
    pass(50);
    leases.step(clock.get());
    answers(1).forEach(Runnable::run);
    pass(75);
    assertThat(leases.owns(a, clock.get())).isTrue();
    assertThat(sqs.calls()).containsExactly("handle-a=100");
  }

  /** The pump stood still for three quarters of the time, the renewal's answer beside it. */
  @Test
  void whatWasCalledLostStaysLostWhateverAnAnswerSays() throws Exception {
    Held a = held("a", "g");
    Held b = held("b", "g");
    pass(50);
    leases.step(clock.get());
    List<Runnable> answer = answers(1);
    pass(75);
    assertThat(leases.owns(b, clock.get())).isFalse();
    assertThat(lost).containsExactlyInAnyOrder(a, b);
    answer.forEach(Runnable::run);
    leases.step(clock.get());
    assertThat(leases.owns(a, clock.get())).isFalse();
    assertThat(leases.owns(b, clock.get())).isFalse();
    assertThat(leases.size()).isZero();
    sqs.await("handle-a=0", "handle-b=0"); // it was renewed, and nobody would have it
  }

  @Test
  void anAnswerThatIsTakenTooLateRevivesNothing() throws Exception {
    Held a = held("a", "g");
    Held b = held("b", "g");
    pass(50);
    leases.step(clock.get());
    List<Runnable> answer = answers(1);
    pass(75);
    answer.forEach(Runnable::run);
    assertThat(lost).containsExactlyInAnyOrder(a, b);
    leases.step(clock.get());
    assertThat(leases.size()).isZero();
    sqs.await("handle-a=0", "handle-b=0");
  }

  @Test
  void whatIsBehindSomethingExpiredIsLostWithItWhoeverAsks() {
    Held a = held("a", "g");
    pass(20);
    Held b = held("b", "g");
    Held other = held("c", "h");
    pass(90);
    assertThat(leases.owns(b, clock.get())).isFalse();
    assertThat(b.lost).isTrue();
    assertThat(a.lost).isTrue();
    assertThat(leases.owns(other, clock.get())).isTrue();
  }

  @Test
  void fewRenewalsWaitAndNoneIsSentTooLate() throws Exception {
    sqs.hold();
    numbered(40, null);
    pass(50);
    leases.step(clock.get());
    await().until(() -> sqs.calls().size() == 2);
    pass(60);
    leases.step(clock.get());
    sqs.release();
    answers(2).forEach(Runnable::run);
    assertThat(lost).hasSize(40);
    leases.step(clock.get());
    answers(2).forEach(Runnable::run);
    assertThat(visibility.isIdle()).isTrue();
    assertThat(sqs.calls()).as("two renewals, and two give back what they hid").hasSize(4);
    assertThat(sqs.calls()).noneMatch(call -> call.contains("handle-m20="));
  }

  private void renew(Held message) {
    visibility.renew(List.of(message), new int[] {100}, (sentAt, answer, failure) -> {});
  }

  @Test
  void whatExpiredBeforeItsTurnIsLeftOut() throws Exception {
    sqs.hold();
    numbered(3, null).forEach(this::renew);
    await().until(() -> sqs.calls().size() == 2);
    pass(100);
    sqs.release();
    answers(3);
    assertThat(sqs.calls()).containsExactlyInAnyOrder("handle-m0=100", "handle-m1=100");
  }

  @Test
  void whatCameAgainIsNotTouchedByItsOldHandle() throws Exception {
    held("a", null);
    sqs.hold();
    pass(50);
    leases.step(clock.get());
    await().until(() -> sqs.calls().size() == 1);
    pass(60);
    leases.step(clock.get());
    Held again = held("a", null, "new");
    sqs.release();
    answers(1).forEach(Runnable::run);
    leases.step(clock.get());
    assertThat(visibility.isIdle()).as("nothing is given back").isTrue();
    assertThat(leases.owns(again, clock.get())).isTrue();
  }

  @Test
  void renewalsThatWaitAreNotSentOnceTheyAreStopped() {
    sqs.hold();
    numbered(3, null).forEach(this::renew);
    await().until(() -> sqs.calls().size() == 2);
    calls.stopRenewals();
    assertThat(calls.renewalsEnded()).isFalse();
    sqs.release();
    await().until(calls::renewalsEnded);
    assertThat(sqs.calls()).hasSize(2);
  }

  @Test
  void whatCannotBeGivenBackDoesNotKeepTheRest() throws Exception {
    numbered(25, null);
    sqs.refuse("handle-m20");
    leases.giveBackAll();
    answers(3).forEach(Runnable::run);
    sqs.await("handle-m0=0", "handle-m14=0");
    assertThat(visibility.isIdle()).isTrue();
    assertThat(visibility.notGivenBack()).isEqualTo(10);
    assertThat(visibility.hiddenUntil()).isEqualTo(clock.get() + VISIBILITY.toNanos());
  }

  @Test
  void ofAGroupTheLatestIsGivenBackFirst() throws Exception {
    numbered(25, "g");
    leases.giveBackAll();
    answers(1).forEach(Runnable::run);
    assertThat(visibility.notGivenBack()).isZero();
    assertThat(sqs.calls()).hasSize(3);
    assertThat(sqs.calls().get(0)).startsWith("handle-m24=0 handle-m23=0");
    assertThat(sqs.calls().get(2)).endsWith("handle-m0=0");
  }

  @Test
  void messagesWithoutAGroupAreGivenBackSideBySide() {
    numbered(40, null);
    sqs.hold();
    leases.giveBackAll();
    await().until(() -> sqs.calls().size() == 4);
  }
}
