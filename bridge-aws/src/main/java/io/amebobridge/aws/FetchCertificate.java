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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request for a certificate, bounded in size and in time. Thread-safe. */
final class FetchCertificate {
  private static final int MOST_BYTES = 64 << 10;

  private final HttpClient http;
  private final Duration timeLimit;

  FetchCertificate(HttpClient http, Duration timeLimit) {
    this.http = http;
    this.timeLimit = timeLimit;
  }

  /** Fails with a {@link RefusedPost} for later. */
  CompletableFuture<X509Certificate> from(String url) {
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
