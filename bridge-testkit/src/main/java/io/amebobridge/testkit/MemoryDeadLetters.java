package io.amebobridge.testkit;

import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Dead letters in memory, with a disk that a test can fill up. Thread-safe. */
public final class MemoryDeadLetters implements DeadLetterStore {
  private final List<DeadLetter> letters = new ArrayList<>();
  private boolean full;
  private int attempts;
  private int late;
  private Runnable meanwhile = () -> {};

  @Override
  public synchronized Stored store(List<DeadLetter> more) throws IOException {
    attempts++;
    if (full) throw new IOException("no space left on device");
    if (late > 0) {
      late--;
      meanwhile.run();
      return new Stored(List.of(), null);
    }
    letters.addAll(more);
    return new Stored(more, null);
  }

  public synchronized void full(boolean full) {
    this.full = full;
  }

  /** For the next so many asks letters are on their way: none is durable, and time passes. */
  public synchronized void late(int asks, Runnable meanwhile) {
    late = asks;
    this.meanwhile = meanwhile;
  }

  public synchronized List<DeadLetter> letters() {
    return List.copyOf(letters);
  }

  /** Calls of store, failed ones included. */
  public synchronized int attempts() {
    return attempts;
  }

  @Override
  public void close() {}
}
