package io.amebobridge.client;

import io.amebobridge.client.WebhookSignatureException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs webhooks and verifies them. Immutable and thread-safe.
 *
 * <p>A receiver does this with the body's bytes as they came, before it parses them:
 *
 * <pre>{@code
 * WebhookSignature.of(secret).verify(request::getHeader, body);
 * }</pre>
 *
 * <p>Three schemes are on every delivery: Standard Webhooks ({@code webhook-id}, {@code
 * webhook-timestamp}, {@code webhook-signature}), which also proves the time, so that a recorded
 * delivery can't be played again later; {@code X-Amebo-Signature}, which Amebo's documentation
 * promises; and, for subscriptions made the upstream way, the secret itself as {@code
 * X-PASS-Phrase}. Use the first where you can.
 */
public final class WebhookSignature {
  public static final String ID = "webhook-id";
  public static final String TIMESTAMP = "webhook-timestamp";
  public static final String SIGNATURE = "webhook-signature";
  public static final String AMEBO_SIGNATURE = "X-Amebo-Signature";
  public static final String PASS_PHRASE = "X-PASS-Phrase";

  /** How far the sender's clock, and the way here, may differ from ours. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final String VERSION = "v1,";
  private static final String HEX_PREFIX = "sha256=";
  private static final String SECRET_PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";

  private final List<Secret> secrets;
  private final List<SecretKeySpec> keys;
  private final List<SecretKeySpec> rawKeys;
  private final InstantSource clock;

  private WebhookSignature(List<Secret> secrets, InstantSource clock) {
    if (secrets.isEmpty()) throw new IllegalArgumentException("no webhook secret");
    this.secrets = List.copyOf(secrets);
    this.keys = this.secrets.stream().map(WebhookSignature::key).toList();
    this.rawKeys = this.secrets.stream().map(s -> raw(s.reveal())).toList();
    this.clock = clock;
  }

  /**
   * @param secrets the subscription's secret; while it is being rotated, the new one first and the
   *     old one after it. {@code whsec_} and base64 as Standard Webhooks has them, or any text
   * @throws IllegalArgumentException for an empty secret, or bad base64 after {@code whsec_}
   */
  public static WebhookSignature of(Secret... secrets) {
    return new WebhookSignature(Arrays.asList(secrets), InstantSource.system());
  }

  /** The same with another clock, for tests. */
  public WebhookSignature withClock(InstantSource other) {
    return new WebhookSignature(secrets, other);
  }

  /** The value of {@code webhook-signature}: one signature per secret, space-separated. */
  public String sign(String id, Instant timestamp, byte[] body) {
    StringBuilder all = new StringBuilder();
    for (SecretKeySpec key : keys) {
      if (!all.isEmpty()) all.append(' ');
      byte[] mac = mac(key, prefix(id, Long.toString(timestamp.getEpochSecond())), body);
      all.append(VERSION).append(Base64.getEncoder().encodeToString(mac));
    }
    return all.toString();
  }

  /** The value of {@code X-Amebo-Signature}, under the first secret's text. */
  public String signAmebo(byte[] body) {
    return HEX_PREFIX + HexFormat.of().formatHex(mac(rawKeys.get(0), new byte[0], body));
  }

  /**
   * Verifies the Standard Webhooks headers.
   *
   * @param header gives a header by its name, ignoring case; null where there is none
   * @param body exactly as received
   * @throws WebhookSignatureException saying what is wrong, without secrets or signatures
   */
  public void verify(Function<String, @Nullable String> header, byte[] body)
      throws WebhookSignatureException {
    String id = required(header, ID);
    String timestamp = required(header, TIMESTAMP);
    String signatures = required(header, SIGNATURE);
    checkTime(timestamp);
    byte[] prefix = prefix(id, timestamp);
    List<byte[]> expected = keys.stream().map(key -> mac(key, prefix, body)).toList();
    boolean versionSeen = false;
    boolean matches = false;
    for (String signature : signatures.strip().split(" +", -1)) {
      if (!signature.startsWith(VERSION)) continue;
      versionSeen = true;
      byte[] given = base64(signature.substring(VERSION.length()));
      for (byte[] e : expected) matches |= MessageDigest.isEqual(e, given);
    }
    if (!versionSeen) {
      throw new WebhookSignatureException(
          Reason.MALFORMED, SIGNATURE + " has no signature of version v1");
    }
    if (!matches) throw noMatch(SIGNATURE);
  }

  /** Verifies {@code X-Amebo-Signature}, which proves the body but not the time. */
  public void verifyAmebo(@Nullable String header, byte[] body) throws WebhookSignatureException {
    String value = present(header, AMEBO_SIGNATURE);
    byte[] given;
    try {
      if (!value.startsWith(HEX_PREFIX)) throw new IllegalArgumentException("prefix");
      given = HexFormat.of().parseHex(value, HEX_PREFIX.length(), value.length());
    } catch (IllegalArgumentException e) {
      throw new WebhookSignatureException(
          Reason.MALFORMED, AMEBO_SIGNATURE + " is not sha256=<hex>");
    }
    boolean matches = false;
    for (SecretKeySpec key : rawKeys) {
      matches |= MessageDigest.isEqual(mac(key, new byte[0], body), given);
    }
    if (!matches) throw noMatch(AMEBO_SIGNATURE);
  }

  /** Compares {@code X-PASS-Phrase}, which proves the sender but neither body nor time. */
  public void verifyPassPhrase(@Nullable String header) throws WebhookSignatureException {
    Secret given = Secret.of(present(header, PASS_PHRASE));
    boolean matches = false;
    for (Secret secret : secrets) matches |= secret.equals(given);
    if (!matches) throw noMatch(PASS_PHRASE);
  }

  private void checkTime(String timestamp) throws WebhookSignatureException {
    long seconds;
    try {
      seconds = Long.parseLong(timestamp.strip());
    } catch (NumberFormatException e) {
      throw new WebhookSignatureException(
          Reason.MALFORMED, TIMESTAMP + " is not a number of seconds since the epoch");
    }
    long now = clock.instant().getEpochSecond();
    if (seconds < now - TOLERANCE.toSeconds()) {
      throw new WebhookSignatureException(
          Reason.TOO_OLD,
          TIMESTAMP + " is more than " + TOLERANCE.toMinutes() + " minutes ago; check the clocks");
    }
    if (seconds > now + TOLERANCE.toSeconds()) {
      throw new WebhookSignatureException(
          Reason.TOO_NEW,
          TIMESTAMP
              + " is more than "
              + TOLERANCE.toMinutes()
              + " minutes ahead; check the clocks");
    }
  }

  private static String required(Function<String, @Nullable String> header, String name)
      throws WebhookSignatureException {
    return present(header.apply(name), name);
  }

  private static String present(@Nullable String value, String name)
      throws WebhookSignatureException {
    if (value == null || value.isBlank()) {
      throw new WebhookSignatureException(Reason.MISSING, "the header " + name + " is missing");
    }
    return value;
  }

  private static WebhookSignatureException noMatch(String header) {
    return new WebhookSignatureException(
        Reason.NO_MATCH,
        header + " does not match: another secret, or the body is not as it was received");
  }

  private static byte[] prefix(String id, String timestamp) {
    return (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] mac(SecretKeySpec key, byte[] prefix, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(prefix);
      return mac.doFinal(body);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
    }
  }

  private static SecretKeySpec key(Secret secret) {
    String text = secret.reveal();
    if (!text.startsWith(SECRET_PREFIX)) return raw(text);
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(SECRET_PREFIX.length()));
      if (bytes.length > 0) return new SecretKeySpec(bytes, ALGORITHM);
    } catch (IllegalArgumentException e) {
      // The decoder's message would quote a part of the secret.
    }
    throw new IllegalArgumentException("a webhook secret with whsec_ needs base64 after it");
  }

  private static SecretKeySpec raw(String text) {
    if (text.isEmpty()) throw new IllegalArgumentException("a webhook secret must not be empty");
    return new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  @Override
  public String toString() {
    return "WebhookSignature[" + keys.size() + " secrets]";
  }
}
