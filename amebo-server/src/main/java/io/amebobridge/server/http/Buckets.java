package io.amebobridge.server.http;

import io.amebobridge.server.HttpSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Token buckets by client. Bounded: the one that was used longest ago is forgotten, and so full
 * again. Thread-safe.
 */
final class Buckets {
  private static final int MOST = 20_000;
  private static final double NANOS = 1e9;
  private final HttpSettings.Rate rate;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST;
        }
      };

  Buckets(HttpSettings.Rate rate, LongSupplier nanoTime) {
    this.rate = rate;
    this.nanoTime = nanoTime;
  }

  /**
   * What a client may still do.
   *
   * @param remaining how many at once, now
   * @param untilNext seconds until there is one again; 0 where there is
   * @param untilFull seconds until there are all again
   */
  record State(boolean allowed, int limit, long remaining, long untilNext, long untilFull) {}

  boolean isOn() {
    return rate.isOn();
  }

  /** Takes one, where there is one. */
  synchronized State take(String client) {
    Bucket bucket = refilled(client);
    boolean allowed = bucket.tokens >= 1;
    if (allowed) {
      bucket.tokens -= 1;
    }
    return state(bucket, allowed);
  }

  /** Whether there is one; takes nothing. */
  synchronized State look(String client) {
    Bucket bucket = refilled(client);
    return state(bucket, bucket.tokens >= 1);
  }

  /** Gives back what was taken for nothing. */
  synchronized void giveBack(String client) {
    Bucket bucket = refilled(client);
    bucket.tokens = Math.min(rate.burst(), bucket.tokens + 1);
  }

  /** Takes more for what was let through already; may become a debt, which later ones wait for. */
  synchronized void charge(String client, int more) {
    refilled(client).tokens -= more;
  }

  synchronized int size() {
    return buckets.size();
  }

  private Bucket refilled(String client) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.computeIfAbsent(client, key -> new Bucket(rate.burst(), now));
    double fresh = (now - bucket.at) / NANOS * rate.perSecond();
    bucket.tokens = Math.min(rate.burst(), bucket.tokens + fresh);
    bucket.at = now;
    return bucket;
  }

  private State state(Bucket bucket, boolean allowed) {
    return new State(
        allowed,
        rate.burst(),
        (long) Math.max(0, Math.floor(bucket.tokens)),
        seconds(1 - bucket.tokens),
        seconds(rate.burst() - bucket.tokens));
  }

  private long seconds(double tokens) {
    return (long) Math.ceil(Math.max(0, tokens) / rate.perSecond());
  }

  private static final class Bucket {
    private double tokens;
    private long at;

    Bucket(double tokens, long at) {
      this.tokens = tokens;
      this.at = at;
    }
  }
}
