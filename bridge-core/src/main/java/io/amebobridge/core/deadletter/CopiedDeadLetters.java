package io.amebobridge.core.deadletter;

import io.amebobridge.core.Causes;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters in their own store, and a copy of each elsewhere: stored means that both have it.
 * For one pump, which repeats what failed with the same letters: those that are in the store are
 * not stored there again, and a copy that is on its way is not sent again. Closes neither of them.
 * Confined to the pump's thread.
 */
public final class CopiedDeadLetters implements DeadLetterStore {
  /** The pump has other work (rule 2): what takes longer is asked for again. */
  private static final Duration PATIENCE = Duration.ofMillis(20);

  private final DeadLetterStore store;
  private final DeadLetterCopies copies;
  private final Set<DeadLetter> stored = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<DeadLetter, CompletableFuture<?>> sent = new IdentityHashMap<>();

  public CopiedDeadLetters(DeadLetterStore store, DeadLetterCopies copies) {
    this.store = store;
    this.copies = copies;
  }

  @Override
  public Stored store(List<DeadLetter> letters) throws IOException {
    forgetAllBut(letters);
    List<DeadLetter> more = letters.stream().filter(l -> !stored.contains(l)).toList();
    store.store(more);
    stored.addAll(more);
    for (DeadLetter letter : letters) send(letter);
    awaitCopies();
    List<DeadLetter> durable = letters.stream().filter(this::isCopied).toList();
    Stored result = new Stored(durable, trouble());
    forget(durable);
    return result;
  }

  /** What is not asked for any more has been left to the broker it came from. */
  private void forgetAllBut(List<DeadLetter> letters) {
    Set<DeadLetter> now = Collections.newSetFromMap(new IdentityHashMap<>());
    now.addAll(letters);
    stored.removeIf(l -> !now.contains(l));
    sent.keySet().removeIf(l -> !now.contains(l));
  }

  private void send(DeadLetter letter) {
    CompletableFuture<?> before = sent.get(letter);
    if (before != null && !before.isCompletedExceptionally()) return;
    sent.put(letter, copies.send(letter).toCompletableFuture());
  }

  private void awaitCopies() throws IOException {
    CompletableFuture<?>[] all = sent.values().toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // each is looked at by itself
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while copies of dead letters were being sent", e);
    }
  }

  private boolean isCopied(DeadLetter letter) {
    CompletableFuture<?> copy = sent.get(letter);
    return copy != null && copy.isDone() && !copy.isCompletedExceptionally();
  }

  private void forget(List<DeadLetter> letters) {
    for (DeadLetter letter : letters) {
      stored.remove(letter);
      sent.remove(letter);
    }
  }

  /** The first failure there is; null: none has failed. */
  private @Nullable String trouble() {
    long failed =
        sent.values().stream().filter(CompletableFuture::isCompletedExceptionally).count();
    for (CompletableFuture<?> copy : sent.values()) {
      Throwable failure = failure(copy);
      if (failure == null) continue;
      String count = "of " + sent.size() + " copies of dead letters " + failed;
      return count + " are not stored: " + failure.getMessage();
    }
    return null;
  }

  private static @Nullable Throwable failure(CompletableFuture<?> copy) {
    if (!copy.isCompletedExceptionally()) return null;
    try {
      copy.join();
      return null;
    } catch (CompletionException | CancellationException e) {
      return Causes.unwrap(e);
    }
  }

  @Override
  public void close() {}
}
