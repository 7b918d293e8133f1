package io.amebobridge.server.security;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.amebobridge.client.Secret;
import io.amebobridge.server.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's name and the bcrypt hash of the password. Thread-safe; slow on purpose.
 *
 * <p>The hash is made, or compared with the stored one, on first use; where the database does not
 * answer then, the next use tries again.
 */
public final class AdminCredentials {
  private static final Logger log = LoggerFactory.getLogger(AdminCredentials.class);
  private static final int COST = 10;
  private static final int LONGEST = 72; // bcrypt reads no further
  private final Store store;
  private final String username;
  private final Secret password;
  private @Nullable String hash;

  public AdminCredentials(Store store, String username, Secret password) {
    this.store = store;
    this.username = username;
    this.password = password;
  }

  /** Makes the hash ahead of the first login. */
  public void prepare() {
    try {
      hash();
    } catch (RuntimeException e) {
      if (!store.writer().alive()) {
        log.debug("The server stopped before the administrator's password hash was made", e);
        return;
      }
      log.warn(
          "The administrator's password hash is not stored yet; the next login tries again", e);
    }
  }

  /**
   * Compares a name and a password.
   *
   * @throws io.amebobridge.server.store.StoreException where the database does not answer
   */
  public boolean accepts(String name, Secret given) {
    boolean known =
        MessageDigest.isEqual(
            name.getBytes(StandardCharsets.UTF_8), username.getBytes(StandardCharsets.UTF_8));
    return matches(given, hash()) && known; // always both, so that the time says nothing
  }

  private synchronized String hash() {
    String made = hash;
    if (made == null) {
      made = stored().filter(old -> matches(password, old)).orElseGet(this::store);
      hash = made;
    }
    return made;
  }

  private Optional<String> stored() {
    return store
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT password_hash FROM credentials WHERE username = ?")
                    .bind(0, username)
                    .mapTo(String.class)
                    .findOne());
  }

  private String store() {
    String fresh = BCrypt.withDefaults().hashToString(COST, password.reveal().toCharArray());
    try {
      store
          .writer()
          .apply(
              session -> {
                PreparedStatement upsert =
                    session.prepare(
                        "INSERT INTO credentials (username, password_hash, timestamped)"
                            + " VALUES (?, ?, ?) ON CONFLICT (username) DO UPDATE SET"
                            + " password_hash = excluded.password_hash,"
                            + " timestamped = excluded.timestamped");
                upsert.setString(1, username);
                upsert.setString(2, fresh);
                upsert.setLong(3, session.now());
                return upsert.executeUpdate();
              })
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
    return fresh;
  }

  private static boolean matches(Secret password, String hash) {
    String text = password.reveal();
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST
        && BCrypt.verifyer().verify(text.toCharArray(), hash.toCharArray()).verified;
  }
}
