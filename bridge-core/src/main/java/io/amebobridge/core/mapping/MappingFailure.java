package io.amebobridge.core.mapping;

/** Why a message can't be mapped; the message becomes the dead letter's reason. */
final class MappingFailure extends Exception {
  private static final long serialVersionUID = 1L;

  MappingFailure(String reason) {
    // It happens per message, and only its text is read: no stack.
    super(reason, null, false, false);
  }
}
