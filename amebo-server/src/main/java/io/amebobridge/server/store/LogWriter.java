package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer. Whatever waits when a transaction begins goes into it, up to {@link Limits#group}
 * events; nothing waits for company. Thread-safe; futures complete on the writer's thread, so
 * dependents must not block.
 */
public final class LogWriter {
  private static final Logger log = LoggerFactory.getLogger(LogWriter.class);

  /**
   * @param group at most this many events in a transaction, unless one append alone has more
   * @param queued at most this many events wait; more are refused with {@link StoreException.Busy}
   */
  public record Limits(int group, int queued) {}

  /** Told about every commit, on the writer's thread. */
  public interface Listener {
    void committed(int events, long head, Duration took);

    void failed();
  }

  /** Opens the connection for writing; called again when it broke. */
  interface Connections {
    Connection open() throws SQLException;
  }

  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Semaphore room;
  private final Limits limits;
  private final Connections connections;
  private final Dialect dialect;
  private final EventTail tail;
  private final InstantSource clock;
  private final Listener listener;
  private final Thread thread;
  private @Nullable WriteSession session;
  private volatile boolean closing;
  private volatile @Nullable String lastFailure;

  LogWriter(
      Limits limits,
      Connections connections,
      Dialect dialect,
      EventTail tail,
      InstantSource clock,
      Listener listener)
      throws SQLException {
    this.limits = limits;
    this.room = new Semaphore(limits.queued());
    this.connections = connections;
    this.dialect = dialect;
    this.tail = tail;
    this.clock = clock;
    this.listener = listener;
    this.session = new WriteSession(connections.open(), dialect, tail.head());
    this.thread = new Thread(this::run, "amebo-writer");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Appends events in one transaction: one result each, in order. */
  public CompletableFuture<List<Appended>> append(List<NewLogEvent> events) {
    int weight = Math.min(events.size(), limits.queued());
    if (!room.tryAcquire(weight)) {
      return CompletableFuture.failedFuture(
          new StoreException.Busy("more than " + limits.queued() + " events wait to be written"));
    }
    AppendWork work = new AppendWork(events, weight);
    enqueue(work);
    return work.done;
  }

  /** Applies a change in a transaction that it may share with others. */
  public <T> CompletableFuture<T> apply(Change<T> change) {
    ChangeWork<T> work = new ChangeWork<>(change);
    enqueue(work);
    return work.done;
  }

  /** Whether the writer's thread lives. */
  public boolean alive() {
    return thread.isAlive() && !closing;
  }

  /** Why the last transaction failed; empty where it succeeded. */
  public Optional<String> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  private void enqueue(Work work) {
    queue.add(work);
    if (closing && queue.remove(work)) {
      work.fail(new StoreException.Failed("the store is closed", null));
    }
  }

  /** Writes what waits, then stops. */
  void close(Duration patience) throws InterruptedException {
    closing = true;
    queue.add(new StopWork());
    thread.join(patience.toMillis());
  }

  private void run() {
    List<Work> group = new ArrayList<>();
    boolean stop = false;
    while (!stop) {
      try {
        stop = take(group);
      } catch (InterruptedException e) {
        stop = true; // nobody interrupts the writer but the JVM's end
      }
      commit(group);
      group.clear();
    }
    for (Work late = queue.poll(); late != null; late = queue.poll()) {
      late.fail(new StoreException.Failed("the store is closed", null));
    }
    disconnect();
  }

  /** Takes what waits; true once the writer is to stop. */
  private boolean take(List<Work> group) throws InterruptedException {
    int events = 0;
    for (Work work = queue.poll(1, TimeUnit.HOURS); work != null; work = queue.poll()) {
      if (work instanceof StopWork) {
        return true;
      }
      group.add(work);
      events += work.weight();
      if (events >= limits.group() || group.size() >= limits.group()) {
        break;
      }
    }
    return false;
  }

  private void commit(List<Work> group) {
    if (group.isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    List<LogEvent> stored = new ArrayList<>();
    try {
      WriteSession current = connected();
      current.now(clock.millis());
      for (Work work : group) {
        work.write(current, stored);
      }
      current.connection().commit();
    } catch (SQLException | RuntimeException e) {
      fail(group, e);
      return;
    }
    lastFailure = null;
    tail.append(stored);
    for (Work work : group) {
      room.release(work.weight());
      work.committed();
    }
    listener.committed(stored.size(), tail.head(), Duration.ofNanos(System.nanoTime() - began));
    for (Work work : group) {
      work.answer();
    }
  }

  private void fail(List<Work> group, Exception cause) {
    log.warn("A transaction of {} requests failed; nothing of it is stored", group.size(), cause);
    lastFailure = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    undo();
    listener.failed();
    for (Work work : group) {
      room.release(work.weight());
      work.fail(new StoreException.Failed("the database failed: " + cause.getMessage(), cause));
    }
  }

  private WriteSession connected() throws SQLException {
    WriteSession current = session;
    if (current == null) {
      current = new WriteSession(connections.open(), dialect, tail.head());
      session = current;
    }
    return current;
  }

  /** Rolls back; a connection that cannot even do that is given up and opened anew. */
  private void undo() {
    WriteSession current = session;
    if (current == null) {
      return;
    }
    current.head(tail.head());
    try {
      current.connection().rollback();
      try (Statement probe = current.connection().createStatement();
          ResultSet row = probe.executeQuery("SELECT 1")) {
        row.next();
      }
      current.connection().rollback();
    } catch (SQLException e) {
      log.warn("The writer's connection is broken; opening another", e);
      disconnect();
    }
  }

  private void disconnect() {
    WriteSession current = session;
    session = null;
    if (current != null) {
      try {
        current.connection().close();
      } catch (SQLException e) {
        log.debug("Closing the writer's connection failed", e);
      }
    }
  }

  private abstract static class Work {
    abstract int weight();

    abstract void write(WriteSession session, List<LogEvent> stored) throws SQLException;

    void committed() {}

    abstract void answer();

    abstract void fail(Throwable cause);
  }

  private static final class AppendWork extends Work {
    final CompletableFuture<List<Appended>> done = new CompletableFuture<>();
    private final List<NewLogEvent> events;
    private final int weight;
    private final List<Appended> results;

    AppendWork(List<NewLogEvent> events, int weight) {
      this.events = events;
      this.weight = weight;
      this.results = new ArrayList<>(events.size());
    }

    @Override
    int weight() {
      return weight;
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

  private static final class ChangeWork<T> extends Work {
    final CompletableFuture<T> done = new CompletableFuture<>();
    private final Change<T> change;
    private @Nullable T result;
    private @Nullable RuntimeException refused;

    ChangeWork(Change<T> change) {
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

  private static final class StopWork extends Work {
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
