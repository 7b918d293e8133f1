package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys derived from AMEBO_SECRET by HKDF-SHA256, one for each purpose; and fresh ones. */
public final class Keys {
  private static final String HMAC = "HmacSHA256";

  private static final int FRESH_BYTES = 32;

  private Keys() {}

  /** A secret for an application, as Standard Webhooks writes them. */
  public static Secret webhookSecret() {
    byte[] random = new byte[FRESH_BYTES];
    new SecureRandom().nextBytes(random);
    return Secret.of("whsec_" + Base64.getEncoder().encodeToString(random));
  }

  /** 32 bytes that say nothing about those of another purpose. */
  static byte[] derive(Secret secret, String purpose) {
    byte[] pseudoRandom = hmac(new byte[32], secret.reveal().getBytes(StandardCharsets.UTF_8));
    byte[] info = purpose.getBytes(StandardCharsets.UTF_8);
    byte[] block = Arrays.copyOf(info, info.length + 1);
    block[info.length] = 1;
    return hmac(pseudoRandom, block);
  }

  static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }
}
