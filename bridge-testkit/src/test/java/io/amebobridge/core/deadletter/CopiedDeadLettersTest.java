package io.amebobridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.testkit.MemoryDeadLetters;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rule 5 with two places: stored means both, and a repeat brings nothing twice. */
class CopiedDeadLettersTest {
  private final MemoryDeadLetters files = new MemoryDeadLetters();
  private final HandOpened copies = new HandOpened();
  private final CopiedDeadLetters both = new CopiedDeadLetters(files, copies);

  /** Each copy ends when a test says so. */
  private static final class HandOpened implements DeadLetterCopies {
    final List<DeadLetter> sent = new ArrayList<>();
    final List<CompletableFuture<String>> answers = new ArrayList<>();

    @Nullable IOException refuse;

    @Override
    public CompletableFuture<String> send(DeadLetter letter) {
      sent.add(letter);
      answers.add(
          refuse == null ? new CompletableFuture<>() : CompletableFuture.failedFuture(refuse));
      return answers.get(answers.size() - 1);
    }

    void confirm(int copy) {
      answers.get(copy).complete("stored");
    }

    void fail(int copy, String why) {
      answers.get(copy).completeExceptionally(new IOException(why));
    }

    @Override
    public void close() {}
  }

  /** All of them alike, as two messages may be. */
  private static DeadLetter letter() {
    Origin origin = new Origin("shop", null, Instant.EPOCH, Map.of("queue", "q"), null, null);
    Message message = new Message(null, "q", null, null, List.of(), origin);
    return new DeadLetter(
        Instant.EPOCH, message, "", DeadLetter.Stage.MAPPING, "no route", List.of());
  }

  private static DeadLetterStore.Stored stored(List<DeadLetter> durable, @Nullable String trouble) {
    return new DeadLetterStore.Stored(durable, trouble);
  }

  private static DeadLetterStore.Stored none() {
    return stored(List.of(), null);
  }

  @Test
  void storedMeansBoth() throws IOException {
    List<DeadLetter> letter = List.of(letter());
    assertThat(both.store(letter)).as("on its way").isEqualTo(none());
    copies.confirm(0);
    assertThat(both.store(letter)).isEqualTo(stored(letter, null));
    assertThat(files.letters()).as("in the files once").hasSize(1);
    assertThat(copies.sent).as("sent once").hasSize(1);
  }

  @Test
  void itDoesNotWaitForLong() throws IOException {
    long start = System.nanoTime();
    assertThat(both.store(List.of(letter()))).isEqualTo(none());
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void onlyTheCopyThatFailedIsSentAgainAndTheOthersAreDone() throws IOException {
    List<DeadLetter> letters = List.of(letter(), letter(), letter());
    assertThat(both.store(letters)).isEqualTo(none());
    copies.confirm(0);
    copies.fail(1, "no queue is bound");
    DeadLetterStore.Stored first = both.store(letters);
    assertThat(first.durable()).hasSize(1).first().isSameAs(letters.get(0));
    assertThat(copies.sent).hasSize(4);
    assertThat(copies.sent.get(3)).isSameAs(letters.get(1));
    copies.confirm(2);
    copies.refuse = new IOException("no queue is bound");
    copies.fail(3, "no queue is bound");
    DeadLetterStore.Stored second = both.store(letters.subList(1, 3));
    assertThat(second.durable()).hasSize(1).first().isSameAs(letters.get(2));
    assertThat(second.trouble())
        .isEqualTo("of 2 copies of dead letters 1 are not stored: no queue is bound");
    copies.refuse = null;
    List<DeadLetter> last = letters.subList(1, 2);
    assertThat(both.store(last)).isEqualTo(none());
    copies.confirm(copies.answers.size() - 1);
    assertThat(both.store(last)).isEqualTo(stored(last, null));
    assertThat(files.letters()).hasSize(3);
  }

  @Test
  void aFailureSaysWhy() throws IOException {
    copies.refuse = new IOException("queue letters is not there; create it");
    DeadLetterStore.Stored stored = both.store(List.of(letter()));
    assertThat(stored.durable()).isEmpty();
    assertThat(stored.trouble()).contains("queue letters is not there; create it");
  }

  @Test
  void withTheFilesFullNoCopyIsSent() {
    files.full(true);
    assertThatThrownBy(() -> both.store(List.of(letter()))).hasMessageContaining("no space left");
    assertThat(copies.sent).isEmpty();
  }

  @Test
  void moreLettersMayJoinThoseThatWait() throws IOException {
    DeadLetter first = letter();
    DeadLetter second = letter();
    assertThat(both.store(List.of(first))).isEqualTo(none());
    assertThat(both.store(List.of(first, second))).isEqualTo(none());
    copies.confirm(1);
    assertThat(both.store(List.of(first, second)).durable())
        .as("alike, but not the same")
        .hasSize(1)
        .first()
        .isSameAs(second);
    copies.confirm(0);
    assertThat(both.store(List.of(first))).isEqualTo(stored(List.of(first), null));
    assertThat(files.letters()).hasSize(2);
    assertThat(copies.sent).hasSize(2);
  }
}
