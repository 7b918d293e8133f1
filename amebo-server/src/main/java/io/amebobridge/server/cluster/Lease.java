package io.amebobridge.server.cluster;

import io.amebobridge.server.store.Fence;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * A subscription that an instance drives, until another one takes it with a higher token.
 *
 * @param lost told where a write was refused
 */
record Lease(
    long subscription, String holder, long token, Heartbeat heartbeat, Consumer<Lease> lost)
    implements Fence {
  private static final String HELD =
      "SELECT 1 FROM leases WHERE subscription_id = ? AND holder = ? AND token = ?";

  @Override
  public boolean open() {
    return heartbeat.isSure(holder);
  }

  /** A plain read is enough: leases change in writers' transactions only, one at a time. */
  @Override
  public void check(WriteSession session) throws SQLException {
    PreparedStatement select = session.prepare(HELD);
    select.setLong(1, subscription);
    select.setString(2, holder);
    select.setLong(3, token);
    try (ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new StoreException.LeaseLost(subscription);
      }
    }
  }

  @Override
  public void refused() {
    lost.accept(this);
  }
}
