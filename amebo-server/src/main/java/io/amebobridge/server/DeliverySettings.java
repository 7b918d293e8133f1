package io.amebobridge.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How webhooks are delivered. Immutable: each {@code with} gives a changed copy, and refuses what
 * cannot work.
 */
public final class DeliverySettings {
  // Set only by those who make a copy.
  private int window = 64;
  private Duration timeout = Duration.ofSeconds(30);
  private Duration backoffBase = Duration.ofSeconds(1);
  private Duration backoffCap = Duration.ofMinutes(5);
  private int breakerThreshold = 32;
  private List<String> allowedNetworks = List.of();
  private @Nullable Path trustedCertificates;
  private int page = 256;

  private DeliverySettings() {}

  private DeliverySettings(DeliverySettings from) {
    window = from.window;
    timeout = from.timeout;
    backoffBase = from.backoffBase;
    backoffCap = from.backoffCap;
    breakerThreshold = from.breakerThreshold;
    allowedNetworks = from.allowedNetworks;
    trustedCertificates = from.trustedCertificates;
    page = from.page;
  }

  /** 64 calls in flight, 30 s timeout, backoff from 1 s to 5 minutes. */
  public static DeliverySettings defaults() {
    return new DeliverySettings();
  }

  private DeliverySettings with(Consumer<DeliverySettings> change) {
    DeliverySettings copy = new DeliverySettings(this);
    change.accept(copy);
    return copy;
  }

  /** Calls in flight at most, for each subscription. */
  public DeliverySettings withWindow(int value) {
    require(value >= 1 && value <= 10_000, "window", value, "1 to 10000");
    return with(copy -> copy.window = value);
  }

  /** For one call, from connect to the end of the answer. */
  public DeliverySettings withTimeout(Duration value) {
    require(positive(value), "timeout", value, "more than 0");
    return with(copy -> copy.timeout = value);
  }

  /**
   * When to try again.
   *
   * @param base the first retry comes after up to this long; each later one after up to twice as
   *     long (full jitter)
   * @param cap no retry waits longer than this, unless the receiver asked for it
   */
  public DeliverySettings withBackoff(Duration base, Duration cap) {
    require(positive(base), "backoffBase", base, "more than 0");
    require(cap.compareTo(base) >= 0, "backoffCap", cap, "at least backoffBase");
    return with(
        copy -> {
          copy.backoffBase = base;
          copy.backoffCap = cap;
        });
  }

  /**
   * After this many failures of the endpoint in a row no further events are tried but one probe at
   * a time.
   */
  public DeliverySettings withBreakerThreshold(int value) {
    require(value >= 1, "breakerThreshold", value, "1 or more");
    return with(copy -> copy.breakerThreshold = value);
  }

  /** CIDR blocks that are opened although they are not public. */
  public DeliverySettings withAllowedNetworks(List<String> cidrs) {
    List<String> fixed = List.copyOf(cidrs);
    return with(copy -> copy.allowedNetworks = fixed);
  }

  /**
   * A file of PEM certificates of authorities that receivers are trusted by, beside those Java
   * trusts; null for none.
   */
  public DeliverySettings withTrustedCertificates(@Nullable Path pem) {
    return with(copy -> copy.trustedCertificates = pem);
  }

  /** Events read at once for a subscription. */
  public DeliverySettings withPage(int value) {
    require(value >= 1 && value <= 10_000, "page", value, "1 to 10000");
    return with(copy -> copy.page = value);
  }

  public int window() {
    return window;
  }

  public Duration timeout() {
    return timeout;
  }

  public Duration backoffBase() {
    return backoffBase;
  }

  public Duration backoffCap() {
    return backoffCap;
  }

  public int breakerThreshold() {
    return breakerThreshold;
  }

  public List<String> allowedNetworks() {
    return allowedNetworks;
  }

  public @Nullable Path trustedCertificates() {
    return trustedCertificates;
  }

  public int page() {
    return page;
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
