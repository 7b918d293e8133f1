package io.amebobridge.brokers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate for localhost, as PEM files for the node and as a trust store for clients. */
final class RabbitTls {
  static final String PASSWORD = "local-key-store";
  private static final String ALIAS = "node";

  private RabbitTls() {}

  static Path trustStore(Path directory) {
    return directory.resolve("trust.p12");
  }

  static Path certificate(Path directory) {
    return directory.resolve("tls-certificate.pem");
  }

  static Path key(Path directory) {
    return directory.resolve("tls-key.pem");
  }

  static void make(Path directory) throws IOException, InterruptedException {
    if (Files.exists(trustStore(directory))) return;
    Path file = directory.resolve("tls.p12");
    keytool(file);
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      Key key = store.getKey(ALIAS, PASSWORD.toCharArray());
      Files.writeString(key(directory), pem("PRIVATE KEY", key.getEncoded()));
      Certificate certificate = store.getCertificate(ALIAS);
      Files.writeString(certificate(directory), pem("CERTIFICATE", certificate.getEncoded()));
      trust(certificate, trustStore(directory));
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of " + file + " can't be read", e);
    }
  }

  /** An entry with its key is not one that is trusted: the certificate alone. */
  private static void trust(Certificate certificate, Path file)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(ALIAS, certificate);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
  }

  private static void keytool(Path file) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-validity",
            "30",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString());
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IOException("keytool made no certificate at " + file);
    }
  }

  private static String pem(String what, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what);
  }
}
