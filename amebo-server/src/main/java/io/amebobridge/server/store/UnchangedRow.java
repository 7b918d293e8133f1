package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Lets a delivery's row be written by a server that does not drive it: only if it is as it was. */
public record UnchangedRow(DeliveryRow before) implements Fence {
  private static final String SAME =
      "SELECT 1 FROM deliveries"
          + " WHERE id = ? AND state = ? AND attempts = ? AND timestamped = ?";

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public void check(WriteSession session) throws SQLException {
    PreparedStatement select = session.prepare(SAME);
    select.setLong(1, before.id());
    select.setString(2, before.state().text());
    select.setInt(3, before.attempts());
    select.setLong(4, before.timestamped());
    try (ResultSet rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new StoreException.LeaseLost(before.subscription());
      }
    }
  }

  @Override
  public void refused() {}
}
