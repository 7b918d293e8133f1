package io.amebobridge.rabbitmq;

import io.amebobridge.core.Message;
import org.jspecify.annotations.Nullable;

/** How a message's exchange or routing key is found. Called from several threads. */
interface Naming {
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

  /** The message's address, which is Amebo's action. */
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
