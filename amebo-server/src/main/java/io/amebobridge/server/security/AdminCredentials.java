package io.amebobridge.server.security;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.amebobridge.client.Secret;
import io.amebobridge.server.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.util.Optional;

/** The administrator's name and the bcrypt hash of the password. Thread-safe; slow on purpose. */
public final class AdminCredentials {
  private static final int COST = 10;
  private static final int LONGEST = 72; // bcrypt reads no further
  private final String username;
  private final String hash;

  private AdminCredentials(String username, String hash) {
    this.username = username;
    this.hash = hash;
  }

  /** Compares the given password with the stored hash and stores a new one where it changed. */
  public static AdminCredentials open(Store store, String username, Secret password) {
    Optional<String> stored =
        store
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery("SELECT password_hash FROM credentials WHERE username = ?")
                        .bind(0, username)
                        .mapTo(String.class)
                        .findOne());
    if (stored.isPresent() && matches(password, stored.get())) {
      return new AdminCredentials(username, stored.get());
    }
    String hash = BCrypt.withDefaults().hashToString(COST, chars(password));
    store
        .writer()
        .apply(
            session -> {
              PreparedStatement upsert =
                  session.prepare(
                      "INSERT INTO credentials (username, password_hash, timestamped) VALUES (?, ?, ?)"
                          + " ON CONFLICT (username) DO UPDATE SET"
                          + " password_hash = excluded.password_hash, timestamped = excluded.timestamped");
              upsert.setString(1, username);
              upsert.setString(2, hash);
              upsert.setLong(3, session.now());
              return upsert.executeUpdate();
            })
        .join();
    return new AdminCredentials(username, hash);
  }

  public boolean accepts(String name, Secret password) {
    boolean known =
        MessageDigest.isEqual(
            name.getBytes(StandardCharsets.UTF_8), username.getBytes(StandardCharsets.UTF_8));
    return matches(password, hash) && known; // always both, so that the time says nothing
  }

  private static boolean matches(Secret password, String hash) {
    String text = password.reveal();
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST
        && BCrypt.verifyer().verify(text.toCharArray(), hash.toCharArray()).verified;
  }

  private static char[] chars(Secret password) {
    return password.reveal().toCharArray();
  }
}
