package io.amebobridge.server.security;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.WriteSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A keyed digest of AMEBO_SECRET in the database, so that no instance starts with another: what it
 * stored could not be opened by the rest. Thread-safe.
 */
public final class SecretFingerprint {
  /** The setting that has it. */
  public static final String NAME = "secret.fingerprint";

  private static final int MARK = 16;

  private final Store store;
  private final String digest;
  private final @Nullable String previous;

  public SecretFingerprint(Store store, Secret secret) {
    this(store, secret, null);
  }

  /**
   * For a server that knows two.
   *
   * @param replaced AMEBO_PREVIOUS_SECRET
   */
  public SecretFingerprint(Store store, Secret secret, @Nullable Secret replaced) {
    this.store = store;
    this.digest = of(secret);
    this.previous = replaced == null || replaced.equals(secret) ? null : of(replaced);
  }

  /** Whether there is a secret to rotate from. */
  public boolean hasPrevious() {
    return previous != null;
  }

  /** What an instance's name ends with that knows this AMEBO_SECRET beside another. */
  public String mark() {
    return "." + digest.substring(0, MARK);
  }

  public boolean isCurrent(@Nullable String stored) {
    return stored != null && same(stored, digest);
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

  /**
   * Refuses a database that was made with a secret, where there is none at hand.
   *
   * @param kept what the name of the file begins with that it would be in, had it been generated
   * @throws IllegalArgumentException where it was
   */
  public static void refuseWithout(Store store, Path kept) {
    if (stored(store).isPresent()) {
      throw new IllegalArgumentException(
          "AMEBO_SECRET is not set and not in "
              + kept
              + ".secret, and this database was made with one; set it, or put the file back");
    }
  }

  /** As the open transaction sees it. */
  public static @Nullable String stored(WriteSession session) throws SQLException {
    PreparedStatement select = session.prepare("SELECT value FROM settings WHERE name = ?");
    select.setString(1, NAME);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** What is stored is under AMEBO_SECRET from this transaction on. */
  public void replace(WriteSession session) throws SQLException {
    PreparedStatement upsert =
        session.prepare(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    upsert.setString(1, NAME);
    upsert.setString(2, digest);
    upsert.executeUpdate();
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

  /**
   * Refuses what is neither's.
   *
   * @throws IllegalArgumentException where it is
   */
  public void compare(@Nullable String other) {
    if (other == null || same(other, digest) || (previous != null && same(other, previous))) {
      return;
    }
    throw new IllegalArgumentException(
        previous == null
            ? "AMEBO_SECRET is not the one that this database was made with; start with that one"
                + " (all instances of a database share it), or, to replace it, give that one as"
                + " AMEBO_PREVIOUS_SECRET"
            : "AMEBO_SECRET is not the one that this database was made with, nor is"
                + " AMEBO_PREVIOUS_SECRET; give the one that it was made with as one of them");
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> stored() {
    return stored(store);
  }

  private static Optional<String> stored(Store store) {
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
