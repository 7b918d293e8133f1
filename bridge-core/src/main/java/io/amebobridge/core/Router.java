package io.amebobridge.core;

import java.util.List;

/** Turns a message read into messages to send. Confined to the pump's thread; never throws. */
public interface Router {
  /** Decodes, matches, maps. */
  Routing route(Message message);

  /** What a message becomes. */
  sealed interface Routing {}

  /** To be sent, all of them; at least one. All of them are in the message's lane. */
  record Mapped(String route, List<Message> messages) implements Routing {}

  /** Left out on purpose, by a rule with a name. */
  record Filtered(String rule) implements Routing {}

  /**
   * Can't be mapped: to the dead letters.
   *
   * @param route the route at fault; empty where none matched
   * @param reason names the place in the config and the remedy
   */
  record Failed(String route, String reason) implements Routing {}
}
