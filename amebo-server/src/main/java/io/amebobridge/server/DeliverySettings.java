package io.amebobridge.server;

import java.time.Duration;
import java.util.List;

/**
 * How webhooks are delivered. Immutable.
 *
 * @param window calls in flight at most, for each subscription
 * @param timeout for one call, from connect to the end of the answer
 * @param backoffBase the first retry comes after up to this long; each later one after up to twice
 *     as long (full jitter)
 * @param backoffCap no retry waits longer than this, unless the receiver asked for it
 * @param breakerThreshold after this many failures of the endpoint in a row no further events are
 *     tried but one probe at a time
 * @param allowedNetworks CIDR blocks that are opened although they are not public
 * @param page events read at once for a subscription
 */
public record DeliverySettings(
    int window,
    Duration timeout,
    Duration backoffBase,
    Duration backoffCap,
    int breakerThreshold,
    List<String> allowedNetworks,
    int page) {
  public DeliverySettings {
    require(window >= 1 && window <= 10_000, "window", window, "1 to 10000");
    require(positive(timeout), "timeout", timeout, "more than 0");
    require(positive(backoffBase), "backoffBase", backoffBase, "more than 0");
    require(
        backoffCap.compareTo(backoffBase) >= 0, "backoffCap", backoffCap, "at least backoffBase");
    require(breakerThreshold >= 1, "breakerThreshold", breakerThreshold, "1 or more");
    require(page >= 1 && page <= 10_000, "page", page, "1 to 10000");
    allowedNetworks = List.copyOf(allowedNetworks);
  }

  /** 64 calls in flight, 30 s timeout, backoff from 1 s to 5 minutes. */
  public static DeliverySettings defaults() {
    return new DeliverySettings(
        64,
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofMinutes(5),
        32,
        List.of(),
        256);
  }

  public DeliverySettings withWindow(int value) {
    return new DeliverySettings(
        value, timeout, backoffBase, backoffCap, breakerThreshold, allowedNetworks, page);
  }

  public DeliverySettings withTimeout(Duration value) {
    return new DeliverySettings(
        window, value, backoffBase, backoffCap, breakerThreshold, allowedNetworks, page);
  }

  public DeliverySettings withBackoff(Duration base, Duration cap) {
    return new DeliverySettings(
        window, timeout, base, cap, breakerThreshold, allowedNetworks, page);
  }

  public DeliverySettings withBreakerThreshold(int value) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, value, allowedNetworks, page);
  }

  public DeliverySettings withAllowedNetworks(List<String> cidrs) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, breakerThreshold, cidrs, page);
  }

  public DeliverySettings withPage(int value) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, breakerThreshold, allowedNetworks, value);
  }

  private static boolean positive(Duration value) {
    return !value.isNegative() && !value.isZero();
  }

  private static void require(boolean holds, String name, Object got, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "delivery." + name + ": got " + got + ", allowed: " + allowed);
    }
  }
}
