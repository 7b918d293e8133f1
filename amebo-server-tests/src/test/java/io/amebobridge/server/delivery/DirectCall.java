package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;

/** A process that makes one call. */
final class DirectCall {
  private DirectCall() {}

  /** Calls the port in the first argument, and says how it ended. */
  public static void main(String[] args) {
    try (Calls calls = Calls.local(DeliverySettings.defaults())) {
      System.out.println(calls.call("receiver.test", Integer.parseInt(args[0])));
    }
  }
}
