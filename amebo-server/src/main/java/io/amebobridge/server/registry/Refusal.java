package io.amebobridge.server.registry;

/** A request that is wrong; its status and text are the answer. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;

  public Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
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
