package io.amebobridge.client;

/** A webhook that must not be trusted. The message says why, and has no secrets in it. */
public final class WebhookSignatureException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Reason {
    MISSING,
    MALFORMED,
    TOO_OLD,
    TOO_NEW,
    NO_MATCH
  }

  private final Reason reason;

  WebhookSignatureException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
