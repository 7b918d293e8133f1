package io.amebobridge.aws;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches SNS's certificates from SNS and keeps them for a while. Bounded in what it keeps, in what
 * it fetches at once, in size and in time, so that forged messages can't make it work much; what
 * could not be fetched is not asked for again at once. Thread-safe.
 *
 * <p>That a certificate is SNS's follows from where it was fetched: by TLS from SNS's own host,
 * whose chain is verified against the JDK's trust store. SNS serves it alone, without the
 * authority's in between, so no chain of its own can be built; AWS's SDK looks at the same things.
 */
final class FetchedCertificates implements SigningCertificates {
  private static final Duration KEPT = Duration.ofHours(12);
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(5);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int MOST_KEPT = 64;
  private static final int MOST_AT_ONCE = 4;
  private static final int MOST_BYTES = 64 << 10;

  private final HttpClient http;
  private final InstantSource clock;
  private final Duration timeLimit;
  private final Map<String, Fetch> fetches = new LinkedHashMap<>();

  private record Fetch(CompletableFuture<X509Certificate> certificate, Instant at) {
    boolean isFresh(Instant now) {
      if (!certificate.isDone()) return true;
      Duration kept = certificate.isCompletedExceptionally() ? FAILURE_KEPT : KEPT;
      return now.isBefore(at.plus(kept));
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
    this.http = http;
    this.clock = clock;
    this.timeLimit = timeLimit;
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
      return fetched(VerifySignature.certificateUrl(envelope, topic))
          .thenCompose(certificate -> checked(certificate, topic));
    } catch (RefusedPost e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<X509Certificate> checked(X509Certificate certificate, TopicArn topic) {
    try {
      VerifySignature.checkCertificate(certificate, topic, clock);
      return CompletableFuture.completedFuture(certificate);
    } catch (RefusedPost e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized CompletableFuture<X509Certificate> fetched(String url) throws RefusedPost {
    Instant now = clock.instant();
    Fetch known = fetches.get(url);
    if (known != null && known.isFresh(now)) return known.certificate();
    fetches.values().removeIf(f -> !f.isFresh(now));
    if (fetches.values().stream().filter(f -> !f.certificate().isDone()).count() >= MOST_AT_ONCE) {
      throw RefusedPost.later("too many certificates are being fetched");
    }
    if (fetches.size() >= MOST_KEPT) fetches.remove(fetches.keySet().iterator().next());
    CompletableFuture<X509Certificate> certificate = fetch(url);
    fetches.put(url, new Fetch(certificate, now));
    return certificate;
  }

  private CompletableFuture<X509Certificate> fetch(String url) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(timeLimit).build();
    CompletableFuture<HttpResponse<byte[]>> call =
        http.sendAsync(request, head -> new LimitedBody(MOST_BYTES));
    return call.copy()
        .orTimeout(timeLimit.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, failure) -> {
              if (failure == null) return read(answer);
              call.cancel(true); // what trickles would go on
              throw later("SNS's certificate could not be fetched: " + failure, failure);
            });
  }

  private static X509Certificate read(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200) {
      throw later("SNS's certificate was answered with " + answer.statusCode(), null);
    }
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(answer.body()));
    } catch (CertificateException e) {
      throw later("what SNS gave for its certificate is none: " + e.getMessage(), e);
    }
  }

  private static CompletionException later(String why, @Nullable Throwable cause) {
    return new CompletionException(RefusedPost.later(why, cause));
  }
}
