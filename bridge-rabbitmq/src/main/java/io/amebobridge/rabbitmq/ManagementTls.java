package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The trust store that the AMQP client has, for the management API too. */
final class ManagementTls {
  private ManagementTls() {}

  /** Empty: what Java trusts. */
  static Optional<SSLContext> of(ManagementSettings settings) throws SourceException {
    String file = settings.client().get("ssl.trust.store");
    if (file == null || !"https".equals(settings.uri().getScheme())) return Optional.empty();
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      KeyStore store =
          KeyStore.getInstance(settings.client().getOrDefault("ssl.trust.store.type", "JKS"));
      String password = settings.client().get("ssl.trust.store.password");
      store.load(in, password == null ? null : password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException e) {
      throw SourceException.permanent(
          settings.place() + ": the trust store " + file + " can't be read: " + e.getMessage(), e);
    }
  }
}
