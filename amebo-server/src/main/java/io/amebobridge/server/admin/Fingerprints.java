package io.amebobridge.server.admin;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.SecretFingerprint;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** By which AMEBO_SECRET the stored secrets open. */
final class Fingerprints {
  private Fingerprints() {}

  /** The one that was left in the database; null where no server has run on it yet. */
  static @Nullable String stored(Connection connection) throws SQLException {
    return Markers.get(connection, SecretFingerprint.NAME);
  }

  /** Whether it is the secret's; null where one of them is not known. */
  static @Nullable Boolean match(@Nullable String stored, @Nullable Secret secret) {
    if (stored == null || secret == null) {
      return null;
    }
    return stored.equals(SecretFingerprint.of(secret));
  }
}
