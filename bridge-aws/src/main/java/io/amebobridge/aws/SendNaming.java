package io.amebobridge.aws;

import io.amebobridge.core.Message;
import org.jspecify.annotations.Nullable;

/** How a message's queue or topic is found. Called from several threads. */
interface SendNaming {
  /**
   * The queue or topic of this message.
   *
   * @throws IllegalArgumentException where it has none; says why
   */
  String of(Message message);

  /** The one of all messages, which can be looked for beforehand; null where they differ. */
  default @Nullable String always() {
    return null;
  }

  /** The message's address. */
  static SendNaming address() {
    return Message::address;
  }

  /** The same for all. */
  static SendNaming fixed(String name) {
    return new SendNaming() {
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
