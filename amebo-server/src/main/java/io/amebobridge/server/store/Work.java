package io.amebobridge.server.store;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What the writer is asked for. Used on the writer's thread, but for {@code fail}. */
abstract class Work {
  private static final Logger log = LoggerFactory.getLogger(Work.class);

  abstract int weight();

  int bytes() {
    return 0;
  }

  /** Whether a mark has to prove that it was committed, where no event does. */
  boolean needsMark() {
    return false;
  }

  /** The transaction is on the disk. */
  void committed() {}

  /** Answers the caller; nothing happens where it was answered before. */
  abstract void answer();

  abstract void fail(Throwable cause);

  static final class Append extends Work {
    final CompletableFuture<List<Appended>> done = new CompletableFuture<>();
    final List<NewLogEvent> events;
    private final int weight;
    private final int bytes;
    private List<Appended> results = List.of();

    Append(List<NewLogEvent> events, int weight, int bytes) {
      this.events = events;
      this.weight = weight;
      this.bytes = bytes;
    }

    @Override
    int weight() {
      return weight;
    }

    @Override
    int bytes() {
      return bytes;
    }

    void results(List<Appended> ofEvents) {
      results = ofEvents;
    }

    @Override
    void answer() {
      done.complete(results);
    }

    @Override
    void fail(Throwable cause) {
      done.completeExceptionally(cause);
    }
  }

  static final class ChangeOf<T> extends Work {
    final CompletableFuture<T> done = new CompletableFuture<>();
    private final Change<T> change;
    private @Nullable T result;
    private @Nullable RuntimeException refused;

    ChangeOf(Change<T> change) {
      this.change = change;
    }

    @Override
    int weight() {
      return 0;
    }

    boolean repeatable() {
      return change.repeatable();
    }

    @Override
    boolean needsMark() {
      return !repeatable() && refused == null;
    }

    void write(WriteSession session) throws SQLException {
      Savepoint before = repeatable() ? null : session.connection().setSavepoint();
      try {
        result = change.apply(session);
        if (before != null) {
          session.connection().releaseSavepoint(before);
        }
      } catch (RuntimeException e) {
        refuse(session, before, e);
      } catch (SQLException e) {
        if (before == null || !isOfTheValues(e)) {
          throw e;
        }
        refuse(session, before, new StoreException.Failed("not stored: " + e.getMessage(), e));
      }
    }

    private void refuse(WriteSession session, @Nullable Savepoint before, RuntimeException answer)
        throws SQLException {
      if (before != null) {
        session.connection().rollback(before);
      }
      refused = answer;
    }

    /** A value that the database does not take is no reason to fail the others. */
    private static boolean isOfTheValues(SQLException e) {
      if (e instanceof SQLiteException sqlite) {
        int code = sqlite.getResultCode().code & 0xff;
        return code == SQLiteErrorCode.SQLITE_CONSTRAINT.code
            || code == SQLiteErrorCode.SQLITE_TOOBIG.code
            || code == SQLiteErrorCode.SQLITE_MISMATCH.code;
      }
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    @Override
    @SuppressWarnings("NullAway")
    void committed() {
      if (refused != null) {
        return;
      }
      try {
        change.committed(result);
      } catch (RuntimeException e) {
        log.error("A change is stored, but not everyone could be told", e); // the writer lives on
      }
    }

    @Override
    void answer() {
      if (refused != null) {
        done.completeExceptionally(refused);
      } else {
        done.complete(result);
      }
    }

    @Override
    void fail(Throwable cause) {
      done.completeExceptionally(cause);
    }
  }

  static final class Stop extends Work {
    @Override
    int weight() {
      return 0;
    }

    @Override
    void answer() {}

    @Override
    void fail(Throwable cause) {}
  }
}
