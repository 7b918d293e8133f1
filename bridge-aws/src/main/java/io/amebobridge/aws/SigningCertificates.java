package io.amebobridge.aws;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** Where the certificate of a message's signature comes from. Thread-safe. */
interface SigningCertificates extends AutoCloseable {
  /** Good for this message; fails with a {@link RefusedPost}. */
  CompletableFuture<X509Certificate> of(SnsEnvelope envelope, TopicArn topic);

  @Override
  default void close() {}

  /**
   * One certificate for all, whatever a message says; nothing is fetched. Of a local server: what
   * SNS signs is refused then.
   */
  static SigningCertificates pinned(X509Certificate certificate, InstantSource clock) {
    return (envelope, topic) -> {
      try {
        VerifySignature.checkTime(certificate, clock);
        return CompletableFuture.completedFuture(certificate);
      } catch (RefusedPost e) {
        return CompletableFuture.failedFuture(e);
      }
    };
  }
}
