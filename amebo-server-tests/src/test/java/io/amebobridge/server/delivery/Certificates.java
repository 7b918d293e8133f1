package io.amebobridge.server.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Authorities and what they certify, made by the JDK's keytool. */
final class Certificates {
  private static final String PASSWORD = "changeit";
  private final Path store;

  private Certificates(Path store) {
    this.store = store;
  }

  static Certificates in(Path dir) throws Exception {
    Certificates made = new Certificates(dir.resolve("certificates.p12"));
    made.keytool("-alias", "ca", "-dname", "CN=Our CA", "-ext", "bc:c");
    made.keytool(
        "-alias",
        "strange-ca",
        "-dname",
        "CN=Another",
        "-ext",
        "bc:c",
        "-ext",
        "san=dns:receiver.test");
    made.leaf("good", "ca", "san=dns:receiver.test,ip:127.0.0.1");
    made.leaf("other-name", "ca", "san=dns:other.test");
    made.leaf("strange", "strange-ca", "san=dns:receiver.test");
    made.leaf("expired", "ca", "san=dns:receiver.test", "-startdate", "-10d", "-validity", "5");
    return made;
  }

  private void leaf(String alias, String signer, String san, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("-alias", alias, "-signer", signer, "-dname", "CN=" + alias, "-ext", san));
    arguments.addAll(List.of(more));
    keytool(arguments.toArray(String[]::new));
  }

  private void keytool(String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }

  /** The authority, as an operator would have it in a file. */
  Path authority(Path dir) throws IOException, GeneralSecurityException {
    return Files.writeString(dir.resolve("ca.pem"), pem("ca"));
  }

  String pem(String alias) throws IOException, GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(load().getCertificate(alias).getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /** For a server that shows one of them. */
  SSLContext server(String alias) throws IOException, GeneralSecurityException {
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    KeyStore all = load();
    char[] password = PASSWORD.toCharArray();
    one.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(one, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private KeyStore load() throws IOException, GeneralSecurityException {
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD.toCharArray());
    }
    return loaded;
  }
}
