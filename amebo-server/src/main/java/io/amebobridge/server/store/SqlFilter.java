package io.amebobridge.server.store;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Conditions with their parameters, joined by AND. Not thread-safe. */
public final class SqlFilter {
  private final StringBuilder text = new StringBuilder(" WHERE 1 = 1");
  private final List<Object> values = new ArrayList<>();

  /** Adds a constant condition with one parameter, unless the value is null. */
  public SqlFilter and(String condition, @Nullable Object value) {
    if (value instanceof String words && !Texts.isStorable(words)) {
      text.append(" AND 1 = 0"); // nothing has such a text
    } else if (value != null) {
      text.append(" AND ").append(condition);
      values.add(value);
    }
    return this;
  }

  /** Adds a constant condition. */
  public SqlFilter and(String condition) {
    text.append(" AND ").append(condition);
    return this;
  }

  /** The WHERE clause. */
  public String where() {
    return text.toString();
  }

  /** Binds the parameters by position and returns the number of the next position. */
  public int bind(SqlStatement<?> statement) {
    int position = 0;
    for (Object value : values) {
      statement.bind(position++, value);
    }
    return position;
  }
}
