package io.amebobridge.aws;

import org.jspecify.annotations.Nullable;

/**
 * A message attribute on its way out: text, or bytes where its type is {@code Binary}. The array
 * must not be changed.
 */
record SendAttribute(String type, @Nullable String text, byte @Nullable [] bytes) {
  /** Of a message, in SQS; SNS drops messages with more for subscriptions with raw delivery. */
  static final int MOST = 10;

  static SendAttribute text(String value) {
    return new SendAttribute("String", value, null);
  }

  /** The bytes that it counts for, with its name. */
  int size(String name) {
    int value = bytes != null ? bytes.length : text == null ? 0 : SendText.bytes(text);
    return SendText.bytes(name) + SendText.bytes(type) + value;
  }
}
