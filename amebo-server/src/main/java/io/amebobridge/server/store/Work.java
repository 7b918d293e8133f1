package io.amebobridge.server.store;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the writer is asked for. Used on the writer's thread, but for {@code fail}. */
abstract class Work {
  private static final Logger log = LoggerFactory.getLogger(Work.class);

  abstract int weight();

  int bytes() {
    return 0;
  }

  abstract void write(WriteSession session, List<LogEvent> stored) throws SQLException;

  /** The transaction is on the disk. */
  void committed() {}

  /** Answers the caller; nothing happens where it was answered before. */
  abstract void answer();

  abstract void fail(Throwable cause);

  static final class Append extends Work {
    final CompletableFuture<List<Appended>> done = new CompletableFuture<>();
    private final List<NewLogEvent> events;
    private final int weight;
    private final int bytes;
    private final List<Appended> results;

    Append(List<NewLogEvent> events, int weight, int bytes) {
      this.events = events;
      this.weight = weight;
      this.bytes = bytes;
      this.results = new ArrayList<>(events.size());
    }

    @Override
    int weight() {
      return weight;
    }

    @Override
    int bytes() {
      return bytes;
    }

    @Override
    void write(WriteSession session, List<LogEvent> stored) throws SQLException {
      for (NewLogEvent event : events) {
        results.add(EventAppender.append(session, event, stored));
      }
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

    @Override
    void write(WriteSession session, List<LogEvent> stored) throws SQLException {
      Savepoint before = session.connection().setSavepoint();
      try {
        result = change.apply(session);
        session.connection().releaseSavepoint(before);
      } catch (RuntimeException e) {
        session.connection().rollback(before);
        refused = e;
      }
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
    void write(WriteSession session, List<LogEvent> stored) {}

    @Override
    void answer() {}

    @Override
    void fail(Throwable cause) {}
  }
}
