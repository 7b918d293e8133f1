package io.amebobridge.core;

import org.jspecify.annotations.Nullable;

/**
 * How a sink finds where a message goes: the name of an exchange, a routing key, a queue, a topic.
 * Thread-safe.
 */
public interface Naming {
  /**
   * The name for this message.
   *
   * @throws IllegalArgumentException where it has none; says why
   */
  String of(Message message);

  /** The name where it is the same for all messages, so that it can be looked for beforehand. */
  default @Nullable String always() {
    return null;
  }

  /** The message's address: Amebo's action, on the way back. */
  static Naming address() {
    return Message::address;
  }

  /** The same for all. */
  static Naming fixed(String name) {
    return new Naming() {
      @Override
      public String of(Message message) {
        return name;
      }

      @Override
      public String always() {
        return name;
      }
    };
  }
}
