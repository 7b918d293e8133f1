package io.amebobridge.brokers;

import java.io.IOException;

/** The ports of one broker, chosen once. */
record KafkaPorts(int direct, int controller, int faulty, int relay, int sasl) {
  static KafkaPorts choose() throws IOException {
    return new KafkaPorts(
        FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next());
  }
}
