package io.amebobridge.server.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The store did not take or answer something; nothing of it was stored, unless it says so. */
public abstract sealed class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Too much to do: the writer's queue is full, or a query took too long. */
  public static final class Busy extends StoreException {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      this(message, null);
    }

    private Busy(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    static Busy tooLong(Duration limit, Throwable cause) {
      return new Busy(
          "the query took longer than "
              + limit.toMillis()
              + " ms and was stopped; narrow it by action, time or after=<event id>",
          cause);
    }
  }

  /** The database failed: disk full, IO error, closed. */
  public static final class Failed extends StoreException {
    private static final long serialVersionUID = 1L;

    public Failed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The database failed while it committed: what was sent may be stored, or not. */
  public static final class Unknown extends StoreException {
    private static final long serialVersionUID = 1L;

    Unknown(Throwable cause) {
      super(
          "the database failed while it committed: it is not known whether this is stored;"
              + " send it again with the same deduper",
          cause);
    }
  }

  /** Another server drives this subscription by now; what was to be written is its to write. */
  public static final class LeaseLost extends StoreException {
    private static final long serialVersionUID = 1L;

    public LeaseLost(long subscription) {
      super("subscription " + subscription + " is driven by another server by now", null);
    }
  }
}
