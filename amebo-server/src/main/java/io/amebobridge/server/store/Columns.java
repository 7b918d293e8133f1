package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives rows to a statement as one array for each column. Confined to the writer's thread. */
record Columns<R>(WriteSession session, Collection<R> rows) {
  void numbers(PreparedStatement to, int index, Function<R, @Nullable Long> column)
      throws SQLException {
    set(to, index, "bigint", rows.stream().map(column).toArray(Long[]::new));
  }

  void integers(PreparedStatement to, int index, Function<R, @Nullable Integer> column)
      throws SQLException {
    set(to, index, "integer", rows.stream().map(column).toArray(Integer[]::new));
  }

  void texts(PreparedStatement to, int index, Function<R, @Nullable String> column)
      throws SQLException {
    set(to, index, "text", rows.stream().map(column).toArray(String[]::new));
  }

  void bytes(PreparedStatement to, int index, Function<R, byte[]> column) throws SQLException {
    set(to, index, "bytea", rows.stream().map(column).toArray(byte[][]::new));
  }

  private void set(PreparedStatement to, int index, String type, @Nullable Object[] values)
      throws SQLException {
    to.setArray(index, session.connection().createArrayOf(type, values));
  }
}
