package io.amebobridge.core.mapping;

/** A body that is not what its route's format says. The message says where and why. */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UndecodableException(String message) {
    super(message);
  }
}
