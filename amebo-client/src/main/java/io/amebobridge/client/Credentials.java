package io.amebobridge.client;

import java.util.Objects;

/** Who is calling. Immutable; prints without the secret. */
public sealed interface Credentials {
  /** An administrator: may register applications and read everything. */
  static Credentials user(String username, Secret password) {
    return new User(username, password);
  }

  /** An application: publishes and subscribes. */
  static Credentials application(String application, Secret secret) {
    return new Application(application, secret);
  }

  /** Logs in by name and password. */
  record User(String username, Secret password) implements Credentials {
    public User {
      Objects.requireNonNull(username, "username");
      Objects.requireNonNull(password, "password");
    }
  }

  /**
   * Our server gives a token for it; an upstream server has no such tokens, there the secret goes
   * with each event.
   */
  record Application(String application, Secret secret) implements Credentials {
    public Application {
      Objects.requireNonNull(application, "application");
      Objects.requireNonNull(secret, "secret");
    }
  }
}
