package io.amebobridge.core;

import org.jspecify.annotations.Nullable;

/**
 * A message that a source has handed out and that must be settled.
 *
 * @param receipt opaque to the core: what the source needs to settle it
 */
public record Delivery(Message message, Object receipt) {
  /** Messages of one lane keep their order; null: unordered (rule 3). */
  public @Nullable String lane() {
    return message.origin().lane();
  }
}
