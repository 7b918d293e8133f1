package io.amebobridge.server.registry;

import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.security.SecretFingerprint;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Seals all stored secrets anew under AMEBO_SECRET, in one transaction with its fingerprint. */
final class Reseal {
  private static final String OTHERS =
      "SELECT count(*) FROM instances WHERE expires_at > clock_timestamp() AND id NOT LIKE ?";

  private Reseal() {}

  private record Sealed(long id, String name, byte[] secret, byte @Nullable [] previous) {}

  /**
   * @param shared whether other servers may live on this database: nothing is done while one does
   *     that does not know the new secret
   * @return whether all is under AMEBO_SECRET now
   */
  static boolean write(
      WriteSession session, SecretBox secrets, SecretFingerprint fingerprint, boolean shared)
      throws SQLException {
    String stored = SecretFingerprint.stored(session);
    if (fingerprint.isCurrent(stored)) {
      return true;
    }
    fingerprint.compare(stored);
    if (shared && othersKnowOnlyTheOld(session, fingerprint.mark())) {
      return false;
    }
    PreparedStatement update =
        session.prepare("UPDATE applications SET secret = ?, previous_secret = ? WHERE id = ?");
    for (Sealed row : read(session)) {
      update.setBytes(1, secrets.anew(row.name, row.secret));
      update.setBytes(2, row.previous == null ? null : secrets.anew(row.name, row.previous));
      update.setLong(3, row.id);
      update.executeUpdate();
    }
    fingerprint.replace(session);
    return true;
  }

  private static boolean othersKnowOnlyTheOld(WriteSession session, String mark)
      throws SQLException {
    PreparedStatement select = session.prepare(OTHERS);
    select.setString(1, "%" + mark);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return row.getInt(1) > 0;
    }
  }

  private static List<Sealed> read(WriteSession session) throws SQLException {
    List<Sealed> rows = new ArrayList<>();
    PreparedStatement select =
        session.prepare("SELECT id, application, secret, previous_secret FROM applications");
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        rows.add(new Sealed(row.getLong(1), row.getString(2), row.getBytes(3), row.getBytes(4)));
      }
    }
    return rows;
  }
}
