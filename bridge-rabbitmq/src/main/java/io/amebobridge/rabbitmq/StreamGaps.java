package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what comes after a gap in the offsets until it is known what the gap is. RabbitMQ's
 * own notes have offsets too, one at least in each segment; and where retention removes what a slow
 * consumer has yet to read, the broker goes on behind it without a word. So it is asked where the
 * stream begins now: a gap behind that place has lost nothing. Confined to the pump's thread.
 */
final class StreamGaps {
  private final StreamCursor cursor;
  private final Supplier<CompletableFuture<Optional<StreamMessage>>> first;
  private final Deque<Arrival> held = new ArrayDeque<>();
  private long passed = -1;
  private @Nullable CompletableFuture<Optional<StreamMessage>> looking;
  private long lookedFor;

  /**
   * For one consumption.
   *
   * @param first looks where the stream begins, and wakes the pump
   */
  StreamGaps(StreamCursor cursor, Supplier<CompletableFuture<Optional<StreamMessage>>> first) {
    this.cursor = cursor;
    this.first = first;
  }

  /** Whether it is held back, to be released later. */
  boolean holds(Arrival arrival) throws IOException {
    if (held.isEmpty() && !isGap(arrival)) {
      passed = offset(arrival);
      return false;
    }
    held.add(arrival);
    if (looking == null) look();
    return true;
  }

  /** Whether nothing is held back. */
  boolean isEmpty() {
    return held.isEmpty();
  }

  private static long offset(Arrival arrival) throws IOException {
    return StreamMessage.offset(arrival.properties());
  }

  private boolean isGap(Arrival arrival) throws IOException {
    return passed >= 0 && offset(arrival) > passed + 1;
  }

  /** One look tells of all the gaps that are known when it begins. */
  private void look() throws IOException {
    lookedFor = offset(held.getLast());
    looking = first.get();
  }

  /**
   * What may go on, at most so many.
   *
   * @throws IOException where the broker does not say
   */
  List<Arrival> released(int max) throws IOException, SourceException {
    List<Arrival> released = new ArrayList<>();
    if (looking == null || !looking.isDone()) return released;
    long start = start(looking);
    while (!held.isEmpty() && released.size() < max) {
      Arrival next = held.getFirst();
      long offset = offset(next);
      if (isGap(next)) {
        if (offset > lookedFor) {
          look();
          return released;
        }
        if (start > passed + 1) cursor.removed(passed + 1, offset);
        else cursor.passedOver(passed + 1, offset);
      }
      passed = offset;
      released.add(held.removeFirst());
    }
    if (held.isEmpty()) looking = null;
    return released;
  }

  private static long start(CompletableFuture<Optional<StreamMessage>> looked) throws IOException {
    try {
      return looked
          .join()
          .orElseThrow(() -> new IOException("it has no messages any more"))
          .offset();
    } catch (CompletionException e) {
      throw new IOException("its beginning can't be found: " + e.getCause().getMessage(), e);
    }
  }
}
