package io.amebobridge.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param trustedCertificates a file of PEM certificates of authorities that receivers are trusted
 *     by, beside those Java trusts; null for none
 */
public record DeliverySettings(
    int window,
    Duration timeout,
    Duration backoffBase,
    Duration backoffCap,
    int breakerThreshold,
    List<String> allowedNetworks,
    @Nullable Path trustedCertificates) {
  public DeliverySettings {
    require(window >= 1 && window <= 10_000, "window", window, "1 to 10000");
    require(positive(timeout), "timeout", timeout, "more than 0");
    require(positive(backoffBase), "backoffBase", backoffBase, "more than 0");
    require(
        backoffCap.compareTo(backoffBase) >= 0, "backoffCap", backoffCap, "at least backoffBase");
    require(breakerThreshold >= 1, "breakerThreshold", breakerThreshold, "1 or more");
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
        null);
  }

  public DeliverySettings withWindow(int value) {
    return new DeliverySettings(
        value,
        timeout,
        backoffBase,
        backoffCap,
        breakerThreshold,
        allowedNetworks,
        trustedCertificates);
  }

  public DeliverySettings withTimeout(Duration value) {
    return new DeliverySettings(
        window,
        value,
        backoffBase,
        backoffCap,
        breakerThreshold,
        allowedNetworks,
        trustedCertificates);
  }

  public DeliverySettings withBackoff(Duration base, Duration cap) {
    return new DeliverySettings(
        window, timeout, base, cap, breakerThreshold, allowedNetworks, trustedCertificates);
  }

  public DeliverySettings withBreakerThreshold(int value) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, value, allowedNetworks, trustedCertificates);
  }

  public DeliverySettings withAllowedNetworks(List<String> cidrs) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, breakerThreshold, cidrs, trustedCertificates);
  }

  public DeliverySettings withTrustedCertificates(@Nullable Path pem) {
    return new DeliverySettings(
        window, timeout, backoffBase, backoffCap, breakerThreshold, allowedNetworks, pem);
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
