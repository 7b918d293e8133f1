package io.amebobridge.aws;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Whether SNS has signed a message ("Verifying the signatures of Amazon SNS messages" in the SNS
 * developer guide). Fetches nothing. Immutable and thread-safe.
 *
 * <p>The text that is signed has the values of some fields, each on lines of its own, without
 * saying where one ends. So those that could be mistaken for another must be of one line, else the
 * same signature would hold for the same text with other borders, and a repeat for a new message.
 */
final class VerifySignature {
  private static final List<String> NOTIFICATION =
      List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
  private static final List<String> CONFIRMATION =
      List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");
  private static final Set<String> TYPES =
      Set.of("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation");
  private static final Map<String, String> ALGORITHMS =
      Map.of("1", "SHA1withRSA", "2", "SHA256withRSA");

  /** By which the id is told from a line of the message. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");

  /** Such as SNS may have one day; its messages wait for a bridge that knows it. */
  private static final Pattern LATER_VERSION = Pattern.compile("[3-9]|[1-9][0-9]");

  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-]{1,200}\\.pem");
  private static final int LEAST_KEY_BITS = 2048;
  private static final int DNS_NAME = 2;

  private final Set<String> versions;

  /**
   * New.
   *
   * @param versions that are allowed, of {@code 1} and {@code 2}
   */
  VerifySignature(Collection<String> versions) {
    this.versions = Set.copyOf(versions);
  }

  /** Refuses what no certificate could make good; before anything is fetched for it. */
  void checkShape(SnsEnvelope envelope) throws RefusedPost {
    if (!TYPES.contains(envelope.type())) throw RefusedPost.malformed("Type is none of SNS's");
    boolean lines = ID.matcher(envelope.messageId()).matches();
    for (String name : List.of("Subject", "Timestamp", "Token", "SubscribeURL")) {
      String value = envelope.fields().get(name);
      if (value != null && value.indexOf('\n') >= 0) lines = false;
    }
    if (!lines) throw RefusedPost.malformed("a field is not as SNS writes it");
    String version = envelope.fields().get("SignatureVersion");
    if (version == null || !envelope.fields().containsKey("Signature")) {
      throw RefusedPost.forbidden("it has no signature");
    }
    if (!ALGORITHMS.containsKey(version)) {
      if (!LATER_VERSION.matcher(version).matches()) {
        throw RefusedPost.forbidden("its signature's version is none of SNS's");
      }
      throw RefusedPost.later("its signature's version is not known; is there a newer bridge?");
    }
  }

  /** Of what was signed well: whether the config wants it. */
  void checkVersion(SnsEnvelope envelope) throws RefusedPost {
    if (!versions.contains(envelope.fields().get("SignatureVersion"))) {
      throw RefusedPost.toBeMended(
          "topic %s: its signature's version is not among signatureVersions %s; set SignatureVersion of the topic, or allow it"
              .formatted(envelope.topicArn(), versions));
    }
  }

  /**
   * The address of the certificate, if it is at SNS itself, in the topic's region. Compared as
   * text, since parsers of addresses differ in what they take for the host.
   */
  static String certificateUrl(SnsEnvelope envelope, TopicArn topic) throws RefusedPost {
    String url = envelope.fields().get("SigningCertURL");
    String start = "https://" + topic.host() + "/";
    if (url == null
        || !url.startsWith(start)
        || !FILE.matcher(url.substring(start.length())).matches()) {
      throw RefusedPost.forbidden("its certificate is not at " + start);
    }
    return url;
  }

  /**
   * Whether a certificate that was fetched is one of SNS's, and good now. It came from SNS itself,
   * so where it is not, time or a newer bridge helps: SNS is to try again.
   */
  static void checkCertificate(X509Certificate certificate, TopicArn topic, InstantSource clock)
      throws RefusedPost {
    List<String> allowed = topic.certificateNames();
    if (names(certificate).stream().noneMatch(n -> allowed.contains(n.toLowerCase(Locale.ROOT)))) {
      throw RefusedPost.toBeMended("SNS's certificate is for none of " + allowed);
    }
    checkTime(certificate, clock);
  }

  static void checkTime(X509Certificate certificate, InstantSource clock) throws RefusedPost {
    try {
      certificate.checkValidity(Date.from(clock.instant()));
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      throw RefusedPost.toBeMended(
          "SNS's certificate is good from %s to %s only; is this host's clock right?"
              .formatted(
                  certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
    }
  }

  /** The alternative names; where there are none, the common name. */
  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> each : alternatives) {
          if (each.get(0) instanceof Integer kind && kind == DNS_NAME) {
            names.add(String.valueOf(each.get(1)));
          }
        }
        return names;
      }
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) names.add(String.valueOf(part.getValue()));
      }
    } catch (GeneralSecurityException | InvalidNameException e) {
      return List.of(); // what can't be read names nobody
    }
    return names;
  }

  /** Refuses what was not signed with this certificate's key, by whichever version of SNS's. */
  void check(SnsEnvelope envelope, X509Certificate certificate) throws RefusedPost {
    checkShape(envelope);
    if (!(certificate.getPublicKey() instanceof RSAPublicKey key)
        || key.getModulus().bitLength() < LEAST_KEY_BITS) {
      throw RefusedPost.toBeMended("SNS's certificate has no RSA key of 2048 bits");
    }
    try {
      Signature signature =
          Signature.getInstance(ALGORITHMS.get(envelope.fields().get("SignatureVersion")));
      signature.initVerify(key);
      signature.update(signed(envelope).getBytes(StandardCharsets.UTF_8));
      byte[] given = Base64.getDecoder().decode(envelope.fields().get("Signature"));
      if (signature.verify(given)) return;
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // as little a signature of SNS as a wrong one
    }
    throw RefusedPost.forbidden("its signature is wrong");
  }

  private static String signed(SnsEnvelope envelope) {
    StringBuilder text = new StringBuilder();
    List<String> names = envelope.type().equals("Notification") ? NOTIFICATION : CONFIRMATION;
    for (String name : names) {
      @Nullable String value = envelope.fields().get(name);
      if (value != null) text.append(name).append('\n').append(value).append('\n');
    }
    return text.toString();
  }
}
