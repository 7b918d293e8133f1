package io.amebobridge.server.http;

import io.amebobridge.server.HttpSettings;
import java.util.function.LongSupplier;

/**
 * How many logins may fail under one name from one address, and from one address under whatever
 * names. Each counts as failed from its beginning, so that many at once are no way around.
 * Thread-safe.
 */
final class Guesses {
  /** Several people may share an address. */
  private static final int NAMES = 4;

  private static final int LONGEST_NAME = 255;
  private static final Buckets.State ALLOWED = new Buckets.State(true, 1, 1, 0, 0);
  private final Buckets addresses;
  private final Buckets names;

  Guesses(HttpSettings.Rate rate, LongSupplier nanoTime) {
    int burst = (int) Math.min(Integer.MAX_VALUE, (long) NAMES * rate.burst());
    double perSecond = Math.min(1e9, NAMES * rate.perSecond());
    this.addresses = new Buckets(new HttpSettings.Rate(perSecond, burst), nanoTime);
    this.names = new Buckets(rate, nanoTime);
  }

  /**
   * An attempt.
   *
   * @param state whether it may be made
   * @param takeBack to be run where it was no wrong guess
   */
  record Guess(Buckets.State state, Runnable takeBack) {}

  Guess take(String address, String name) {
    if (!names.isOn()) {
      return new Guess(ALLOWED, () -> {});
    }
    Buckets.State byAddress = addresses.take(address);
    if (!byAddress.allowed()) {
      return new Guess(byAddress, () -> {});
    }
    String both = address + " " + name.substring(0, Math.min(name.length(), LONGEST_NAME));
    Buckets.State byName = names.take(both);
    if (!byName.allowed()) {
      addresses.giveBack(address); // it is not even looked at
      return new Guess(byName, () -> {});
    }
    return new Guess(
        byName,
        () -> {
          addresses.giveBack(address);
          names.giveBack(both);
        });
  }
}
