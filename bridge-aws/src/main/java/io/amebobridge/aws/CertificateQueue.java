package io.amebobridge.aws;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that nobody knows yet: a few are fetched at once, some wait in line, and what failed
 * is not asked for again at once. Anybody can name ever new ones, so next is the one that most
 * posts have named: SNS names the same in all of its messages, and again in each attempt.
 * Thread-safe.
 */
final class CertificateQueue {
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(5);
  private static final int MOST_FAILURES = 256;
  private static final int MOST_AT_ONCE = 4;
  private static final int MOST_WAITING = 64;

  private final Function<String, CompletableFuture<X509Certificate>> fetch;
  private final InstantSource clock;
  private final Map<String, Wanted> waiting = new LinkedHashMap<>();
  private final Map<String, Wanted> underWay = new HashMap<>();
  private final Map<String, Failure> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failure> eldest) {
          return size() > MOST_FAILURES;
        }
      };

  private static final class Wanted {
    final String url;
    final CompletableFuture<X509Certificate> result = new CompletableFuture<>();
    long posts;

    Wanted(String url) {
      this.url = url;
    }
  }

  private record Failure(Throwable why, Instant at) {}

  /**
   * New.
   *
   * @param fetch does not block, nor throw
   */
  CertificateQueue(
      Function<String, CompletableFuture<X509Certificate>> fetch, InstantSource clock) {
    this.fetch = fetch;
    this.clock = clock;
  }

  /** Fails with a {@link RefusedPost} for later. */
  CompletableFuture<X509Certificate> want(String url) {
    Wanted wanted;
    synchronized (this) {
      Failure failure = failures.get(url);
      if (failure != null && clock.instant().isBefore(failure.at().plus(FAILURE_KEPT))) {
        return CompletableFuture.failedFuture(failure.why());
      }
      wanted = underWay.getOrDefault(url, waiting.get(url));
      if (wanted != null) {
        wanted.posts++;
        return wanted.result;
      }
      if (waiting.size() >= MOST_WAITING) {
        return CompletableFuture.failedFuture(
            RefusedPost.later("too many certificates are being fetched"));
      }
      wanted = new Wanted(url);
      wanted.posts = 1;
      if (underWay.size() >= MOST_AT_ONCE) {
        waiting.put(url, wanted);
        return wanted.result;
      }
      underWay.put(url, wanted);
    }
    start(wanted);
    return wanted.result;
  }

  private void start(Wanted wanted) {
    var unused =
        fetch
            .apply(wanted.url)
            .whenComplete(
                (certificate, failure) -> {
                  Wanted next = ended(wanted, failure);
                  if (next != null) start(next);
                  if (failure == null) wanted.result.complete(certificate);
                  else wanted.result.completeExceptionally(failure);
                });
  }

  private synchronized @Nullable Wanted ended(Wanted wanted, @Nullable Throwable failure) {
    underWay.remove(wanted.url);
    failures.remove(wanted.url);
    if (failure != null) failures.put(wanted.url, new Failure(failure, clock.instant()));
    Wanted next = null;
    for (Wanted each : waiting.values()) {
      if (next == null || each.posts > next.posts) next = each;
    }
    if (next == null) return null;
    waiting.remove(next.url);
    underWay.put(next.url, next);
    return next;
  }
}
