package io.amebobridge.aws;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** Where the certificate of a message's signature comes from. Thread-safe. */
interface SigningCertificates {
  /** The one that this message names, good or not; fails with a {@link RefusedPost}. */
  CompletableFuture<X509Certificate> of(SnsEnvelope envelope, TopicArn topic);

  /** Refuses one that may not sign for this topic, or not now. */
  void check(X509Certificate certificate, TopicArn topic) throws RefusedPost;

  /** The certificate that this message names has signed it, so it is one that SNS uses. */
  default void proved(SnsEnvelope envelope) {}

  /**
   * One certificate for all, whatever a message says; nothing is fetched. Of a local server: what
   * SNS signs is refused then.
   */
  static SigningCertificates pinned(X509Certificate certificate, InstantSource clock) {
    return new SigningCertificates() {
      @Override
      public CompletableFuture<X509Certificate> of(SnsEnvelope envelope, TopicArn topic) {
        return CompletableFuture.completedFuture(certificate);
      }

      @Override
      public void check(X509Certificate used, TopicArn topic) throws RefusedPost {
        VerifySignature.checkTime(used, clock);
      }
    };
  }
}
