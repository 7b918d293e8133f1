package io.amebobridge.brokers;

import java.io.IOException;

/** The ports of one node, chosen once. */
record RabbitPorts(int amqp, int tls, int stream, int management, int distribution, int epmd) {
  static RabbitPorts choose() throws IOException {
    return new RabbitPorts(
        FreePorts.next(),
        FreePorts.next(),
        FreePorts.next(),
        FreePorts.next(),
        FreePorts.next(),
        FreePorts.next());
  }
}
