package io.amebobridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
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

    @Override
    public CompletableFuture<String> send(DeadLetter letter) {
      sent.add(letter);
      answers.add(new CompletableFuture<>());
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

  @Test
  void storedMeansBoth() {
    DeadLetter letter = letter();
    assertThatThrownBy(() -> both.store(List.of(letter)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("of 1 copies of dead letters 1 are not stored: not confirmed yet");
    copies.confirm(0);
    assertThatCode(() -> both.store(List.of(letter))).doesNotThrowAnyException();
    assertThat(files.letters()).as("in the files once").hasSize(1);
    assertThat(copies.sent).as("sent once").hasSize(1);
  }

  @Test
  void itDoesNotWaitForLong() {
    long start = System.nanoTime();
    assertThatThrownBy(() -> both.store(List.of(letter()))).isInstanceOf(IOException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void onlyTheCopyThatFailedIsSentAgain() {
    List<DeadLetter> letters = List.of(letter(), letter(), letter());
    assertThatThrownBy(() -> both.store(letters)).isInstanceOf(IOException.class);
    copies.confirm(0);
    copies.fail(1, "no queue is bound");
    assertThatThrownBy(() -> both.store(letters))
        .hasMessageContaining("of 3 copies of dead letters 2 are not stored");
    assertThat(copies.sent).hasSize(4);
    assertThat(copies.sent.get(3)).isSameAs(letters.get(1));
    copies.confirm(2);
    copies.fail(3, "no queue is bound");
    assertThatThrownBy(() -> both.store(letters)).hasMessageContaining("1 are not stored");
    copies.confirm(4);
    assertThatCode(() -> both.store(letters)).doesNotThrowAnyException();
    assertThat(files.letters()).hasSize(3);
    assertThat(copies.sent).hasSize(5);
  }

  @Test
  void aFailureSaysWhy() {
    DeadLetter letter = letter();
    assertThatThrownBy(() -> both.store(List.of(letter))).isInstanceOf(IOException.class);
    CopiedDeadLetters refusing =
        new CopiedDeadLetters(
            files, new Refusing(new IOException("queue letters is not there; create it")));
    assertThatThrownBy(() -> refusing.store(List.of(letter)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("queue letters is not there; create it");
  }

  private record Refusing(IOException why) implements DeadLetterCopies {
    @Override
    public CompletableFuture<String> send(DeadLetter letter) {
      return CompletableFuture.failedFuture(why);
    }

    @Override
    public void close() {}
  }

  @Test
  void withTheFilesFullNoCopyIsSent() {
    files.full(true);
    assertThatThrownBy(() -> both.store(List.of(letter()))).hasMessageContaining("no space left");
    assertThat(copies.sent).isEmpty();
  }

  @Test
  void moreLettersMayJoinThoseThatWait() {
    DeadLetter first = letter();
    DeadLetter second = letter();
    assertThatThrownBy(() -> both.store(List.of(first))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> both.store(List.of(first, second))).isInstanceOf(IOException.class);
    copies.confirm(0);
    copies.confirm(1);
    assertThatCode(() -> both.store(List.of(first, second))).doesNotThrowAnyException();
    assertThat(files.letters()).hasSize(2);
    assertThat(copies.sent).hasSize(2);
  }
}
