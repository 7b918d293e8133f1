package io.amebobridge.server.delivery;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs webhook bodies under the subscriber's secret. Immutable. */
final class Signer {
  private static final String HMAC = "HmacSHA256";
  private static final String STANDARD_PREFIX = "whsec_";
  private final SecretKeySpec key;
  private final SecretKeySpec standardKey;

  Signer(Secret secret) {
    String text = secret.reveal();
    this.key = new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), HMAC);
    this.standardKey =
        text.startsWith(STANDARD_PREFIX)
            ? new SecretKeySpec(
                Base64.getDecoder().decode(text.substring(STANDARD_PREFIX.length())), HMAC)
            : key;
  }

  /** X-Amebo-Signature. */
  String amebo(byte[] body) {
    return "sha256=" + HexFormat.of().formatHex(mac(key).doFinal(body));
  }

  /** Standard Webhooks' webhook-signature. */
  String standard(String id, long timestamp, byte[] body) {
    Mac mac = mac(standardKey);
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }
}
