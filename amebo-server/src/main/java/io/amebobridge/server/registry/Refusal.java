package io.amebobridge.server.registry;

import tools.jackson.core.JacksonException;

/** A request that is wrong; its status and text are the answer. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final boolean last;

  public Refusal(int status, String message) {
    this(status, message, false);
  }

  private Refusal(int status, String message, boolean last) {
    super(message, null, false, false);
    this.status = status;
    this.last = last;
  }

  /** The same, after all was looked up again that another server may have registered. */
  public Refusal asFinal() {
    return new Refusal(status, text(), true);
  }

  /** Whether looking again is of no use. */
  public boolean isFinal() {
    return last;
  }

  /** A body that is not JSON, with the place. */
  public static Refusal notJson(JacksonException e) {
    return new Refusal(
        400,
        "body - is not JSON: line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ": "
            + e.getOriginalMessage());
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The message of a Throwable that always says something. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
