package io.amebobridge.core.deadletter;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps dead letters. Thread-safe: several pumps share one. */
public interface DeadLetterStore extends AutoCloseable {
  /**
   * Stores them. Those that the answer does not have are asked for again, as the same objects: they
   * may be on their way. A failure means that none is known to be durable.
   */
  Stored store(List<DeadLetter> letters) throws IOException;

  /**
   * What has become of letters.
   *
   * @param durable those that are
   * @param trouble what stands in the way of others; null: none, or they are on their way
   */
  record Stored(List<DeadLetter> durable, @Nullable String trouble) {
    public Stored {
      durable = List.copyOf(durable);
    }
  }

  @Override
  void close() throws IOException;
}
