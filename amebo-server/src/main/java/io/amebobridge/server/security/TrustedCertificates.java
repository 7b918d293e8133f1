package io.amebobridge.server.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The certificate authorities that receivers may be certified by. */
public final class TrustedCertificates {
  private TrustedCertificates() {}

  /**
   * Trusts a file's certificates beside those that Java trusts.
   *
   * @param pem one or more certificates
   * @throws IllegalArgumentException where the file cannot be read or has none
   */
  public static TrustManager beside(Path pem) {
    try {
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      int number = 0;
      for (X509Certificate known : manager(null).getAcceptedIssuers()) {
        all.setCertificateEntry("java" + number++, known);
      }
      for (Certificate given : read(pem)) {
        all.setCertificateEntry("given" + number++, given);
      }
      return manager(all);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "delivery.trustedCertificates: got "
              + pem
              + ", allowed: a readable file of PEM certificates ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static Collection<? extends Certificate> read(Path pem)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException("it has no certificate");
      }
      return found;
    }
  }

  private static X509TrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("this Java has no X.509 trust manager"));
  }
}
