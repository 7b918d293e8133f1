package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.WriteSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts application secrets for the database: AES-256-GCM, bound to their owner. Thread-safe.
 */
public final class SecretBox {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private final List<Key> keys; // AMEBO_SECRET's first
  private final SecureRandom random = new SecureRandom();

  private record Key(SecretKeySpec spec, String fingerprint) {
    static Key of(Secret secret) {
      return new Key(
          new SecretKeySpec(Keys.derive(secret, "amebo application secrets 1"), "AES"),
          SecretFingerprint.of(secret));
    }
  }

  public SecretBox(Secret secret) {
    this(secret, null);
  }

  /**
   * One that opens what was sealed under either.
   *
   * @param previous AMEBO_PREVIOUS_SECRET
   */
  public SecretBox(Secret secret, @Nullable Secret previous) {
    this.keys =
        previous == null ? List.of(Key.of(secret)) : List.of(Key.of(secret), Key.of(previous));
  }

  /** Under AMEBO_SECRET. */
  public byte[] seal(String owner, Secret value) {
    return seal(keys.get(0), owner, value);
  }

  /** The same under AMEBO_SECRET, whichever it was sealed under. */
  public byte[] anew(String owner, byte[] sealed) {
    return seal(owner, open(owner, sealed));
  }

  /**
   * Under the secret that the database is under in this transaction: other servers may know no
   * other.
   *
   * @throws StoreException.Failed where this server does not know it
   */
  public byte[] seal(WriteSession session, String owner, Secret value) throws SQLException {
    String stored = SecretFingerprint.stored(session);
    for (Key key : keys) {
      if (stored == null || key.fingerprint.equals(stored)) {
        return seal(key, owner, value);
      }
    }
    throw new StoreException.Failed(
        "AMEBO_SECRET was replaced at another server; restart this one with the new one", null);
  }

  private byte[] seal(Key key, String owner, Secret value) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] text = value.reveal().getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sealed = cipher(key, Cipher.ENCRYPT_MODE, nonce, owner).doFinal(text);
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
    GeneralSecurityException failure = null;
    for (Key key : keys) {
      try {
        byte[] text = cipher(key, Cipher.DECRYPT_MODE, nonce, owner).doFinal(rest);
        return Secret.of(new String(text, StandardCharsets.UTF_8));
      } catch (GeneralSecurityException e) {
        failure = e;
      }
    }
    throw new IllegalArgumentException(
        "AMEBO_SECRET does not open the stored secret of "
            + owner
            + "; start with the AMEBO_SECRET this database was made with",
        failure);
  }

  private static Cipher cipher(Key key, int mode, byte[] nonce, String owner)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.spec, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
