package io.amebobridge.core.deadletter;

import java.io.IOException;
import java.util.List;

/** Keeps dead letters. Thread-safe: several pumps share one. */
public interface DeadLetterStore extends AutoCloseable {
  /** Stores them; on return they are durable. A failure means none is known to be. */
  void store(List<DeadLetter> letters) throws IOException;

  @Override
  void close() throws IOException;
}
