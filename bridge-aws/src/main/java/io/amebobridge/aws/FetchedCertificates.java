package io.amebobridge.aws;

import java.net.http.HttpClient;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches SNS's certificates from SNS and keeps those it got: what failed, or is being fetched,
 * never puts one out, and one that is old is used while it is fetched anew. Where there are too
 * many, the one goes that has not signed anything for longest. Thread-safe.
 *
 * <p>That a certificate is SNS's follows from where it was fetched: by TLS from SNS's own host,
 * whose chain is verified against the JDK's trust store. SNS serves it alone, without the
 * authority's in between, so no chain of its own can be built; AWS's SDK looks at the same things.
 */
final class FetchedCertificates implements SigningCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(FetchedCertificates.class);
  private static final Duration FRESH = Duration.ofHours(12);
  private static final Duration REFRESH_PAUSE = Duration.ofMinutes(1);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int MOST_KEPT = 64;

  private final InstantSource clock;
  private final FetchCertificate fetch;
  private final CertificateQueue queue;
  private final Map<String, Kept> kept = new HashMap<>();

  private static final class Kept {
    X509Certificate certificate;
    Instant refreshAt;
    Instant lastProof = Instant.EPOCH;

    Kept(X509Certificate certificate, Instant refreshAt) {
      this.certificate = certificate;
      this.refreshAt = refreshAt;
    }
  }

  /**
   * New.
   *
   * @param http follows no redirects, and verifies the host's certificate and name
   */
  FetchedCertificates(HttpClient http, InstantSource clock) {
    this(http, clock, TIME_LIMIT);
  }

  FetchedCertificates(HttpClient http, InstantSource clock, Duration timeLimit) {
    this.clock = clock;
    fetch = new FetchCertificate(http, timeLimit);
    queue = new CertificateQueue(url -> fetch.from(url).thenApply(c -> keep(url, c)), clock);
  }

  /** Such as it wants; a proxy is that of the JDK's properties. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(java.net.ProxySelector.getDefault())
        .connectTimeout(TIME_LIMIT)
        .build();
  }

  @Override
  public CompletableFuture<X509Certificate> of(SnsEnvelope envelope, TopicArn topic) {
    try {
      String url = VerifySignature.certificateUrl(envelope, topic);
      X509Certificate known = known(url);
      return known == null ? queue.want(url) : CompletableFuture.completedFuture(known);
    } catch (RefusedPost e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void check(X509Certificate certificate, TopicArn topic) throws RefusedPost {
    VerifySignature.checkCertificate(certificate, topic, clock);
  }

  @Override
  public synchronized void proved(SnsEnvelope envelope) {
    Kept used = kept.get(envelope.fields().get("SigningCertURL"));
    if (used != null) used.lastProof = clock.instant();
  }

  /** Also one that is no longer good: the next attempt may find it fetched anew. */
  private @Nullable X509Certificate known(String url) {
    X509Certificate certificate;
    synchronized (this) {
      Kept known = kept.get(url);
      if (known == null) return null;
      certificate = known.certificate;
      Instant now = clock.instant();
      if (now.isBefore(known.refreshAt)) return certificate;
      known.refreshAt = now.plus(REFRESH_PAUSE); // outside the queue, one at once for each kept
    }
    refresh(url);
    return certificate;
  }

  private void refresh(String url) {
    var unused =
        fetch
            .from(url)
            .whenComplete(
                (certificate, failure) -> {
                  if (failure == null) keep(url, certificate);
                  else LOG.warn("SNS's certificate was not fetched anew: {}", failure.toString());
                });
  }

  private synchronized X509Certificate keep(String url, X509Certificate certificate) {
    Instant refreshAt = clock.instant().plus(FRESH);
    Kept before = kept.get(url);
    if (before != null) {
      before.certificate = certificate;
      before.refreshAt = refreshAt;
      return certificate;
    }
    if (kept.size() >= MOST_KEPT) {
      kept.entrySet().stream()
          .min(Comparator.comparing(e -> e.getValue().lastProof))
          .map(Map.Entry::getKey)
          .ifPresent(kept::remove);
    }
    kept.put(url, new Kept(certificate, refreshAt));
    return certificate;
  }
}
