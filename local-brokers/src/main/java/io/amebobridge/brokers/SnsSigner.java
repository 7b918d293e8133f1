package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Signs messages as SNS does, with a key of this machine. Its certificate is signed by nobody else:
 * who verifies with it trusts this process and nobody besides. Thread-safe.
 */
public final class SnsSigner {
  /** The name in the certificates of SNS. */
  public static final String NAME = "sns.amazonaws.com";

  private static final List<String> NOTIFICATION =
      List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
  private static final List<String> CONFIRMATION =
      List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");

  private final KeyPair key;
  private final X509Certificate certificate;

  private SnsSigner(KeyPair key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** Good from yesterday for a month. */
  public static SnsSigner make() {
    Instant now = Instant.now();
    return make(NAME, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
  }

  /** With a certificate of another name or time. */
  public static SnsSigner make(String name, Instant from, Instant until) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair key = generator.generateKeyPair();
      return new SnsSigner(key, SelfSigned.make(key, name, from, until));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK makes no RSA keys", e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** Key and certificate, for a server by TLS that has the certificate's name. */
  public KeyStore keyStore(char[] password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("key", key.getPrivate(), password, new X509Certificate[] {certificate});
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK keeps no keys", e);
    }
  }

  /** The certificate as a PEM file has it. */
  public String pem() {
    try {
      String text =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the certificate can't be written", e);
    }
  }

  /**
   * The signature of an envelope, in base64.
   *
   * @param fields by SNS's names; those that are not signed are ignored
   * @param version {@code 1} (SHA-1) or {@code 2} (SHA-256)
   */
  public String sign(Map<String, String> fields, String version) {
    try {
      Signature signature =
          Signature.getInstance(version.equals("1") ? "SHA1withRSA" : "SHA256withRSA");
      signature.initSign(key.getPrivate());
      signature.update(signed(fields).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK signs nothing", e);
    }
  }

  private static String signed(Map<String, String> fields) {
    StringBuilder text = new StringBuilder();
    for (String name : "Notification".equals(fields.get("Type")) ? NOTIFICATION : CONFIRMATION) {
      String value = fields.get(name);
      if (value != null) text.append(name).append('\n').append(value).append('\n');
    }
    return text.toString();
  }
}
