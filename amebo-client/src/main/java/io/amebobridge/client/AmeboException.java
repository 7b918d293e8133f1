package io.amebobridge.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call to Amebo that did not succeed. The subclasses say what a caller may do about it. */
public abstract sealed class AmeboException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AmeboException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Nothing was stored; the same call may succeed later: 408, 429, 5xx, refused connections. */
  public static final class Unavailable extends AmeboException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable Duration retryAfter;

    public Unavailable(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
      super(message, cause);
      this.retryAfter = retryAfter;
    }

    /** What the server asked for in Retry-After. */
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /**
   * The request went out and no answer tells whether it was carried out: timeouts, cut connections.
   */
  public static final class OutcomeUnknown extends AmeboException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The credentials are wrong or not enough: 401, 403. Repeating does not help. */
  public static final class Denied extends AmeboException {
    private static final long serialVersionUID = 1L;

    public Denied(String message) {
      super(message, null);
    }
  }

  /** The request is wrong for good: any other 4xx, and 3xx, which is never followed. */
  public static final class Refused extends AmeboException {
    private static final long serialVersionUID = 1L;
    private final int status;

    public Refused(String message, int status) {
      super(message, null);
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }
}
