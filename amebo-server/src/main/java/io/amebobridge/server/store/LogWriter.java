package io.amebobridge.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
   * @param queuedBytes at most this many bytes of events wait, likewise
   */
  public record Limits(int group, int queued, int queuedBytes) {}

  /** Told about every commit, on the writer's thread. */
  public interface Listener {
    void committed(int events, long head, Duration took);

    void failed();
  }

  /** A transaction and who asked for it. */
  private record Transaction(List<Work> group, List<LogEvent> stored) {}

  /** One whose commit failed. */
  private record Doubt(Transaction transaction, Evidence evidence) {}

  /** Opens the connection for writing; called again when it broke. */
  interface Connections {
    Connection open() throws SQLException;
  }

  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Semaphore room;
  private final Semaphore bytes;
  private final Limits limits;
  private final Connections connections;
  private final Dialect dialect;
  private final EventTail tail;
  private final InstantSource clock;
  private final Listener listener;
  private final Thread thread;
  private final String run = UUID.randomUUID().toString();
  private @Nullable WriteSession session;
  private @Nullable Doubt undecided;
  private long marks;
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
    this.bytes = new Semaphore(limits.queuedBytes());
    this.connections = connections;
    this.dialect = dialect;
    this.tail = tail;
    this.clock = clock;
    this.listener = listener;
    connected();
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
    int size =
        (int) Math.min(limits.queuedBytes(), events.stream().mapToLong(NewLogEvent::bytes).sum());
    if (!bytes.tryAcquire(size)) {
      room.release(weight);
      return CompletableFuture.failedFuture(
          new StoreException.Busy(
              "more than " + limits.queuedBytes() + " bytes of events wait to be written"));
    }
    Work.Append work = new Work.Append(events, weight, size);
    enqueue(work);
    return work.done;
  }

  /** Applies a change in a transaction that it may share with others. */
  public <T> CompletableFuture<T> apply(Change<T> change) {
    Work.ChangeOf<T> work = new Work.ChangeOf<>(change);
    enqueue(work);
    return work.done;
  }

  /**
   * Another instance has committed up to this id: the known head moves there, never back. True
   * where that is news; who delivers is to be woken by the caller. Does not block.
   */
  public boolean seen(long head) {
    return tail.seen(head);
  }

  /** About how many events wait to be written. */
  public int queued() {
    return limits.queued() - room.availablePermits();
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
    queue.add(new Work.Stop());
    thread.join(patience.toMillis());
  }

  private void run() {
    List<Work> group = new ArrayList<>();
    try {
      while (true) {
        boolean stop = take(group);
        commit(group);
        group.clear();
        if (stop) {
          return;
        }
      }
    } catch (InterruptedException e) {
      log.warn("The writer was interrupted, and stops");
    } finally {
      // However it ends, nobody waits for it any longer.
      closing = true;
      queue.drainTo(group);
      StoreException closed = new StoreException.Failed("the store is closed", null);
      group.forEach(late -> guard("answering", () -> late.fail(closed)));
      disconnect();
    }
  }

  /** What is done for one must not keep the others from theirs, nor end the thread. */
  private static void guard(String act, Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.atError()
          .addKeyValue("step", act)
          .setCause(e)
          .log("The writer failed in a step, and goes on");
    }
  }

  /** Takes what waits; true once the writer is to stop. */
  private boolean take(List<Work> group) throws InterruptedException {
    int events = 0;
    for (Work work = queue.poll(1, TimeUnit.HOURS); work != null; work = queue.poll()) {
      if (work instanceof Work.Stop) {
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
    Transaction transaction = new Transaction(List.copyOf(group), new ArrayList<>());
    Evidence evidence = null;
    try {
      WriteSession current = connected();
      current.begin(clock.millis());
      GroupOfWork.write(current, transaction.group, transaction.stored);
      boolean mark = group.stream().anyMatch(Work::needsMark);
      evidence =
          current.evidence(transaction.stored, mark ? new Evidence.Mark(run, ++marks) : null);
      current.connection().commit();
    } catch (Throwable e) {
      if (evidence != null) {
        decide(new Doubt(transaction, evidence), e, began);
      } else {
        undo();
        fail(transaction, e);
      }
      return;
    }
    lastFailure = null;
    settle(transaction, began);
  }

  private void settle(Transaction transaction, long began) {
    published(transaction, Duration.ofNanos(System.nanoTime() - began));
    for (Work work : transaction.group) {
      release(work);
      guard("answering", work::answer);
    }
  }

  private void release(Work work) {
    room.release(work.weight());
    bytes.release(work.bytes());
  }

  /** Memory follows the disk. */
  private void published(Transaction transaction, Duration took) {
    try {
      tail.append(transaction.stored);
    } catch (Throwable e) {
      log.error("The newest events are not kept in memory; they are read from the database", e);
      tail.seen(transaction.stored.get(transaction.stored.size() - 1).id());
    }
    for (Work work : transaction.group) {
      guard("telling of a change", work::committed);
    }
    guard(
        "telling of a commit",
        () -> listener.committed(transaction.stored.size(), tail.head(), took));
  }

  private void fail(Transaction transaction, Throwable cause) {
    int requests = transaction.group.size();
    if (lastFailure == null) {
      log.atWarn()
          .addKeyValue("requests", requests)
          .setCause(cause)
          .log("A transaction failed; nothing of it is stored");
    } else {
      log.atDebug()
          .addKeyValue("requests", requests)
          .setCause(cause)
          .log("A transaction failed again");
    }
    refuse(
        transaction,
        cause,
        new StoreException.Failed("the database failed: " + cause.getMessage(), cause));
  }

  private void refuse(Transaction transaction, Throwable cause, StoreException answer) {
    lastFailure = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    guard("telling of a failure", listener::failed);
    for (Work work : transaction.group) {
      release(work);
      guard("answering", () -> work.fail(answer));
    }
  }

  /**
   * The commit threw, which does not say that it did not happen. Another connection sees what is on
   * the disk; where there is none, the callers are told that it is not known, and what they asked
   * for is settled or dropped when the database can be read again.
   */
  private void decide(Doubt doubt, Throwable cause, long began) {
    if (lastFailure == null) {
      log.warn("A commit failed; looking at what is stored", cause);
    } else {
      log.debug("A commit failed, again; looking at what is stored", cause);
    }
    disconnect();
    boolean stored;
    try {
      session = open();
      stored = session.holds(doubt.evidence);
    } catch (Throwable e) {
      log.warn("It is not known whether a transaction is stored: the database cannot be read", e);
      disconnect();
      undecided = doubt;
      refuse(doubt.transaction, cause, new StoreException.Unknown(cause));
      return;
    }
    if (stored) {
      lastFailure = null;
      settle(doubt.transaction, began);
    } else {
      fail(doubt.transaction, cause);
    }
  }

  private WriteSession connected() throws SQLException {
    WriteSession current = session;
    if (current == null) {
      current = open();
      session = current;
      try {
        settleDoubt(current);
      } catch (Throwable e) {
        disconnect();
        throw e;
      }
    }
    return current;
  }

  private void settleDoubt(WriteSession fresh) throws SQLException {
    Doubt before = undecided;
    if (before == null) {
      return;
    }
    boolean stored = fresh.holds(before.evidence);
    undecided = null;
    log.atWarn()
        .addKeyValue("stored", stored)
        .log("It is known now whether the transaction is stored");
    if (stored) {
      published(before.transaction, Duration.ZERO); // its callers were answered
    }
  }

  /** Ids go on after what is on the disk, and after all that somebody was told. */
  private WriteSession open() throws SQLException {
    Connection connection = connections.open();
    try {
      return new WriteSession(connection, dialect, tail.head());
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  /** Rolls back; a connection that cannot even do that is given up and opened anew. */
  private void undo() {
    WriteSession current = session;
    if (current == null) {
      return;
    }
    try {
      current.connection().rollback();
    } catch (Throwable e) {
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
      } catch (Throwable e) {
        log.debug("Closing the writer's connection failed", e);
      }
    }
  }
}
