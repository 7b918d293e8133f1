package io.amebobridge.core.deadletter;

import io.amebobridge.core.Causes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final DeadLetterStore store;
  private final DeadLetterCopies copies;
  private final Set<DeadLetter> stored = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<DeadLetter, CompletableFuture<?>> sent = new IdentityHashMap<>();

  public CopiedDeadLetters(DeadLetterStore store, DeadLetterCopies copies) {
    this.store = store;
    this.copies = copies;
  }

  @Override
  public void store(List<DeadLetter> letters) throws IOException {
    forgetAllBut(letters);
    List<DeadLetter> more = letters.stream().filter(l -> !stored.contains(l)).toList();
    store.store(more);
    stored.addAll(more);
    for (DeadLetter letter : letters) send(letter);
    awaitCopies(letters);
    forgetAllBut(List.of());
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

  private void awaitCopies(List<DeadLetter> letters) throws IOException {
    List<CompletableFuture<?>> all = new ArrayList<>(letters.size());
    for (DeadLetter letter : letters) {
      CompletableFuture<?> copy = sent.get(letter);
      if (copy != null) all.add(copy);
    }
    CompletableFuture<Void> together =
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    try {
      together.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(why(all, "not confirmed yet"), e);
    } catch (ExecutionException e) {
      throw new IOException(why(all, String.valueOf(e.getMessage())), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while copies of dead letters were being sent", e);
    }
  }

  /** The first failure there is, since that of the whole may be another's. */
  private static String why(List<CompletableFuture<?>> copies, String otherwise) {
    long open = copies.stream().filter(c -> !isGood(c)).count();
    String count = "of " + copies.size() + " copies of dead letters " + open + " are not stored: ";
    for (CompletableFuture<?> copy : copies) {
      Throwable failure = failure(copy);
      if (failure != null) return count + failure.getMessage();
    }
    return count + otherwise;
  }

  private static boolean isGood(CompletableFuture<?> copy) {
    return copy.isDone() && !copy.isCompletedExceptionally();
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
