package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A keyed digest of AMEBO_SECRET in the database, so that no instance starts with another: what it
 * stored could not be opened by the rest. Thread-safe.
 */
public final class SecretFingerprint {
  /** The setting that has it. */
  public static final String NAME = "secret.fingerprint";

  private final Store store;
  private final String digest;

  public SecretFingerprint(Store store, Secret secret) {
    this.store = store;
    this.digest = of(secret);
  }

  /** The digest of a secret. */
  public static String of(Secret secret) {
    return HexFormat.of().formatHex(Keys.derive(secret, "amebo fingerprint of the secret 1"));
  }

  /**
   * Compares with what the database has, if it has one.
   *
   * @throws IllegalArgumentException where it was made with another secret
   */
  public void check() {
    stored().ifPresent(this::compare);
  }

  /** Stores it where there is none; of several instances the first one's holds. */
  public void keep() {
    if (stored().isEmpty()) {
      store
          .writer()
          .apply(
              session -> {
                PreparedStatement insert =
                    session.prepare(
                        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
                insert.setString(1, NAME);
                insert.setString(2, digest);
                return insert.executeUpdate();
              })
          .join();
    }
    check();
  }

  private void compare(String other) {
    if (!MessageDigest.isEqual(
        other.getBytes(StandardCharsets.UTF_8), digest.getBytes(StandardCharsets.UTF_8))) {
      throw new IllegalArgumentException(
          "AMEBO_SECRET is not the one that this database was made with; start with that one"
              + " (all instances of a database share it)");
    }
  }

  private Optional<String> stored() {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT value FROM settings WHERE name = ?")
                    .bind(0, NAME)
                    .mapTo(String.class)
                    .findOne());
  }
}
