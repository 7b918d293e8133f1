package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts application secrets for the database: AES-256-GCM, bound to their owner. Thread-safe.
 */
public final class SecretBox {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  public SecretBox(Secret secret) {
    this.key = new SecretKeySpec(Keys.derive(secret, "amebo application secrets 1"), "AES");
  }

  public byte[] seal(String owner, Secret value) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] text = value.reveal().getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, owner).doFinal(text);
      return ByteBuffer.allocate(1 + NONCE + sealed.length)
          .put(VERSION)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt the secret of " + owner, e);
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws IllegalArgumentException where it was sealed with another AMEBO_SECRET or changed since
   */
  public Secret open(String owner, byte[] sealed) {
    ByteBuffer in = ByteBuffer.wrap(sealed);
    byte[] nonce = new byte[NONCE];
    if (sealed.length <= 1 + NONCE || in.get() != VERSION) {
      throw new IllegalArgumentException("the stored secret of " + owner + " is unreadable");
    }
    in.get(nonce);
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    try {
      byte[] text = cipher(Cipher.DECRYPT_MODE, nonce, owner).doFinal(rest);
      return Secret.of(new String(text, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "AMEBO_SECRET does not open the stored secret of "
              + owner
              + "; start with the AMEBO_SECRET this database was made with",
          e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String owner) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
