package io.amebobridge.brokers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate that its own key has signed, written out by the rules of RFC 5280: the JDK can read
 * certificates but not make them, and its keytool takes a second and a half.
 */
final class SelfSigned {
  private static final byte[] SHA256_WITH_RSA =
      sequence(bytes(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), tag(5));

  private static final byte[] SUBJECT_ALTERNATIVE_NAME = bytes(0x06, 0x03, 0x55, 0x1d, 0x11);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private SelfSigned() {}

  /** For this host's name, as common name and as alternative name. */
  static X509Certificate make(KeyPair key, String host, Instant from, Instant until)
      throws GeneralSecurityException {
    byte[] name = new X500Principal("CN=" + host).getEncoded();
    byte[] serial =
        BigInteger.valueOf(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)).toByteArray();
    byte[] alternative = sequence(tag(0x82, host.getBytes(StandardCharsets.US_ASCII)));
    byte[] content =
        sequence(
            tag(0xa0, tag(2, bytes(2))), // version 3
            tag(2, serial),
            SHA256_WITH_RSA,
            name,
            sequence(time(from), time(until)),
            name,
            key.getPublic().getEncoded(),
            tag(0xa3, sequence(sequence(SUBJECT_ALTERNATIVE_NAME, tag(4, alternative)))));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key.getPrivate());
    signature.update(content);
    byte[] bits = concatenate(bytes(0), signature.sign());
    byte[] whole = sequence(content, SHA256_WITH_RSA, tag(3, bits));
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] time(Instant at) {
    return tag(0x18, TIME.format(at).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] sequence(byte[]... parts) {
    return tag(0x30, parts);
  }

  /** A value with its tag and its length. */
  private static byte[] tag(int tag, byte[]... parts) {
    byte[] value = concatenate(parts);
    int length = value.length;
    byte[] head;
    if (length < 0x80) head = bytes(tag, length);
    else if (length < 0x100) head = bytes(tag, 0x81, length);
    else head = bytes(tag, 0x82, length >> 8, length);
    return concatenate(head, value);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
    return bytes;
  }

  private static byte[] concatenate(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) all.writeBytes(part);
    return all.toByteArray();
  }
}
