package io.amebobridge.core;

import org.jspecify.annotations.Nullable;

/** A sink that could not be opened. The message names the place and the remedy. */
public final class SinkException extends Exception {
  private static final long serialVersionUID = 1L;
  private final boolean temporary;

  private SinkException(String message, boolean temporary, @Nullable Throwable cause) {
    super(message, cause);
    this.temporary = temporary;
  }

  /** May pass by itself. */
  public static SinkException temporary(String message, @Nullable Throwable cause) {
    return new SinkException(message, true, cause);
  }

  /** Somebody must act. */
  public static SinkException permanent(String message, @Nullable Throwable cause) {
    return new SinkException(message, false, cause);
  }

  public boolean temporary() {
    return temporary;
  }
}
