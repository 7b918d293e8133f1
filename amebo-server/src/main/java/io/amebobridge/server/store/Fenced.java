package io.amebobridge.server.store;

import java.sql.SQLException;

/** A change that is applied only as long as its fence holds. */
public record Fenced<T>(Fence fence, Change<T> change) implements Change<T> {
  @Override
  public T apply(WriteSession session) throws SQLException {
    fence.check(session);
    return change.apply(session);
  }

  @Override
  public boolean repeatable() {
    return change.repeatable(); // the fence comes before its first write
  }

  @Override
  public void committed(T result) {
    change.committed(result);
  }
}
