package io.amebobridge.brokers;

import java.io.IOException;

/**
 * A virtual host of a {@link RabbitProcess} with a user who may do everything in it, and elsewhere
 * nothing. Thread-safe.
 */
public final class RabbitVirtualHost {
  private final RabbitProcess node;
  private final String name;
  private final String password;

  RabbitVirtualHost(RabbitProcess node, String name, String password) {
    this.node = node;
    this.name = name;
    this.password = password;
  }

  public String name() {
    return name;
  }

  /** Named as the virtual host. */
  public String user() {
    return name;
  }

  public String password() {
    return password;
  }

  /** Such as {@code amqp://user:password@127.0.0.1:15672/name}. */
  public String uri() {
    return uriAt(node.endpoint());
  }

  /** The same through another address, such as a relay's. */
  public String uriAt(String endpoint) {
    return "amqp://" + login() + "@" + endpoint + "/" + name;
  }

  /** By TLS; the certificate is for localhost. */
  public String tlsUri() {
    return "amqps://" + login() + "@localhost:" + node.tlsPort() + "/" + name;
  }

  private String login() {
    return name + ":" + password;
  }

  /** Both, with all that is in it. */
  public void delete() throws IOException, InterruptedException {
    node.management().delete("/api/vhosts/" + name);
    node.management().delete("/api/users/" + name);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return name + " at " + node.endpoint();
  }
}
