package io.amebobridge.core;

import org.jspecify.annotations.Nullable;

/** A source that could not do what was asked. The message names the place and the remedy. */
public final class SourceException extends Exception {
  private static final long serialVersionUID = 1L;
  private final boolean temporary;

  private SourceException(String message, boolean temporary, @Nullable Throwable cause) {
    super(message, cause);
    this.temporary = temporary;
  }

  /** May pass by itself: the broker is away, a time-out. */
  public static SourceException temporary(String message, @Nullable Throwable cause) {
    return new SourceException(message, true, cause);
  }

  /** Somebody must act: wrong password, unknown topic, no such start position. */
  public static SourceException permanent(String message, @Nullable Throwable cause) {
    return new SourceException(message, false, cause);
  }

  public boolean temporary() {
    return temporary;
  }
}
