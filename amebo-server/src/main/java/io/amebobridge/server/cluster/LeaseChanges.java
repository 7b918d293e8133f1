package io.amebobridge.server.cluster;

import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.WriteSession;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Changes of leases, in the writer's transactions, of which there is one at a time. */
final class LeaseChanges {
  // It waits for a renewal that is under way, which then either came in time or finds no row: an
  // instance that was renewed has lost nothing.
  private static final String END_EXPIRED =
      "DELETE FROM instances WHERE expires_at <= clock_timestamp()";
  private static final String TAKE =
      "INSERT INTO leases (subscription_id, holder, token)"
          + " SELECT s.id, ?, 1 FROM subscriptions s WHERE s.id = ANY (?) AND s.deleted_at IS NULL"
          + " AND EXISTS (SELECT 1 FROM instances WHERE id = ?)"
          + " ON CONFLICT (subscription_id) DO UPDATE"
          + " SET holder = excluded.holder, token = leases.token + 1"
          + " WHERE leases.holder IS NULL OR leases.holder = excluded.holder"
          + " OR NOT EXISTS (SELECT 1 FROM instances WHERE id = leases.holder)"
          + " RETURNING subscription_id, token";
  private static final String GIVE_BACK =
      "UPDATE leases SET holder = NULL WHERE subscription_id = ? AND holder = ? AND token = ?";
  private static final String GIVE_ALL_BACK = "UPDATE leases SET holder = NULL WHERE holder = ?";
  private static final String END = "DELETE FROM instances WHERE id = ?";
  private static final String TELL =
      "INSERT INTO settings (name, value) VALUES ('leases', '1') ON CONFLICT (name) DO UPDATE"
          + " SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)";
  private static final String TIDY_LEASES =
      "DELETE FROM leases WHERE subscription_id IN"
          + " (SELECT id FROM subscriptions WHERE deleted_at IS NOT NULL)";
  private static final String TIDY_INSTANCES =
      "DELETE FROM instances WHERE expires_at < clock_timestamp() - interval '1 minute'";

  private LeaseChanges() {}

  /** Takes what is still free of these; the new tokens by subscription. */
  static Change<Map<Long, Long>> take(String instance, Collection<Long> subscriptions) {
    return session -> {
      session.prepare(END_EXPIRED).executeUpdate();
      PreparedStatement take = session.prepare(TAKE);
      take.setString(1, instance);
      take.setArray(2, ids(take, subscriptions));
      take.setString(3, instance);
      Map<Long, Long> tokens = new HashMap<>();
      try (ResultSet rows = take.executeQuery()) {
        while (rows.next()) {
          tokens.put(rows.getLong(1), rows.getLong(2));
        }
      }
      return tokens;
    };
  }

  /** Gives one back, and tells the others. */
  static Change<Integer> giveBack(Lease lease) {
    return session -> {
      PreparedStatement give = session.prepare(GIVE_BACK);
      give.setLong(1, lease.subscription());
      give.setString(2, lease.holder());
      give.setLong(3, lease.token());
      int given = give.executeUpdate();
      session.prepare(TELL).executeUpdate();
      return given;
    };
  }

  /** The end of an instance. */
  static Change<Integer> leave(String instance) {
    return session -> {
      int given = run(session, GIVE_ALL_BACK, instance);
      run(session, END, instance);
      session.prepare(TELL).executeUpdate();
      return given;
    };
  }

  /** Clears away the leases of subscriptions that are gone, and instances long dead. */
  static Change<Integer> tidy() {
    return session ->
        session.prepare(TIDY_LEASES).executeUpdate()
            + session.prepare(TIDY_INSTANCES).executeUpdate();
  }

  private static int run(WriteSession session, String sql, String instance) throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    statement.setString(1, instance);
    return statement.executeUpdate();
  }

  private static Array ids(PreparedStatement statement, Collection<Long> subscriptions)
      throws SQLException {
    return statement.getConnection().createArrayOf("bigint", subscriptions.toArray());
  }
}
