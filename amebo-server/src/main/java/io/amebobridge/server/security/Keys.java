package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys derived from AMEBO_SECRET by HKDF-SHA256, one for each purpose. */
final class Keys {
  private static final String HMAC = "HmacSHA256";

  private Keys() {}

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
