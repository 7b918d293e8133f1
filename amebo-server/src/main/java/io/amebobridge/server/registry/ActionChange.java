package io.amebobridge.server.registry;

import io.amebobridge.server.store.Numbers;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/**
 * What is to change of an action; null stays.
 *
 * @param compared the schema that the new one was compared with, which it may replace; null: any
 */
public record ActionChange(
    @Nullable EventSchema schema, @Nullable String compared, @Nullable Retention retention) {
  /** Works on what is stored by now, not on what the caller saw. */
  Action write(WriteSession session, Action known) throws SQLException {
    if (schema != null) {
      PreparedStatement update =
          session.prepare(
              compared == null
                  ? "UPDATE actions SET schemata = ? WHERE id = ?"
                  : "UPDATE actions SET schemata = ? WHERE id = ? AND schemata = ?");
      update.setString(1, schema.text());
      update.setLong(2, known.id());
      if (compared != null) {
        update.setString(3, compared);
      }
      if (update.executeUpdate() == 0) {
        throw new Refusal(
            409, "schemata - was changed meanwhile; compare with what is there now, and try again");
      }
    }
    if (retention != null) {
      PreparedStatement update =
          session.prepare("UPDATE actions SET retain_millis = ?, retain_bytes = ? WHERE id = ?");
      update.setObject(1, retention.millis(), Types.BIGINT);
      update.setObject(2, retention.bytes(), Types.BIGINT);
      update.setLong(3, known.id());
      update.executeUpdate();
    }
    return read(session, known);
  }

  private Action read(WriteSession session, Action known) throws SQLException {
    PreparedStatement select = session.prepare("SELECT * FROM actions WHERE id = ?");
    select.setLong(1, known.id());
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new Refusal(404, "action - is no longer registered");
      }
      String text = row.getString("schemata");
      EventSchema stored =
          schema != null
              ? schema
              : text.equals(known.schema().text()) ? known.schema() : EventSchema.stored(text);
      return known.with(
          stored,
          Retention.stored(Numbers.get(row, "retain_millis"), Numbers.get(row, "retain_bytes")));
    }
  }
}
