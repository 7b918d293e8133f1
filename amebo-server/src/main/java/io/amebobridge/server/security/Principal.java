package io.amebobridge.server.security;

/** Who asks. */
public sealed interface Principal {
  /** May do everything. */
  record Admin() implements Principal {}

  /** May do what concerns itself. */
  record Application(String name) implements Principal {}

  /** Whether it may act for an application. */
  default boolean actsFor(String application) {
    return this instanceof Admin || (this instanceof Application a && a.name().equals(application));
  }
}
