package io.amebobridge.server.cluster;

import io.amebobridge.server.registry.OtherServers;
import io.amebobridge.server.store.Schema;
import io.amebobridge.server.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Looks, again and again, at what other instances have committed and registered, on a thread and a
 * connection of its own. Whoever is about to refuse something waits for the next look, all for the
 * same one: a flood of bad requests costs one cheap statement each few milliseconds. Thread-safe.
 */
final class Follower implements OtherServers, AutoCloseable {
  private static final String LOOK =
      "SELECT (SELECT coalesce(max(id), 0) FROM events), "
          + Schema.REGISTRY_VERSION
          + ","
          + " coalesce((SELECT value FROM settings WHERE name = 'leases'), '0')";
  private static final Duration CLOSEST = Duration.ofMillis(10);
  private static final int IDLE = 4;
  private static final Duration AFTER_FAILURE = Duration.ofMillis(250);

  /**
   * What was seen.
   *
   * @param head the newest event
   * @param registry the version of what is registered
   * @param leases changes when leases become free
   */
  record Seen(long head, long registry, long leases) {}

  /** What is done about it, on the follower's thread. */
  interface Audience {
    /** Something may have changed; the registry is to be read first where it has. */
    void seen(Seen now, Jdbi reader);

    /** Whether anything is driven here, so that it is worth looking often. */
    boolean busy();
  }

  private final Audience audience;
  private final Duration poll;
  private final Link link;
  private final Semaphore asked = new Semaphore(0);
  private final Thread thread;
  private List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private volatile @Nullable String trouble;
  private boolean closed;

  Follower(ClusterSettings settings, Link.Sessions sessions, Audience audience) {
    this.audience = audience;
    this.poll = settings.poll();
    this.link = new Link(sessions, "Following what other servers commit");
    this.thread = new Thread(this::run, "amebo-follower");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletableFuture<Void> look() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(ended());
      }
      waiting.add(answer);
    }
    asked.release();
    return answer;
  }

  /** Why it does not see what others do; empty where it does. */
  Optional<String> trouble() {
    return thread.isAlive() ? Optional.ofNullable(trouble) : Optional.of("nobody follows them");
  }

  private void run() {
    try {
      while (lookFor(asking())) {
        // on and on
      }
    } finally {
      end().forEach(late -> late.completeExceptionally(ended()));
      link.close();
    }
  }

  /** False once it is to end. */
  private boolean lookFor(List<CompletableFuture<Void>> asking) {
    Duration pause = audience.busy() ? poll : poll.multipliedBy(IDLE);
    try {
      link.ask(this::see);
      trouble = null;
      // Elsewhere, so that what they do next does not keep this thread from looking.
      asking.forEach(each -> each.completeAsync(() -> null));
    } catch (SQLException | RuntimeException e) {
      StoreException failed =
          new StoreException.Failed("what other servers have registered cannot be read", e);
      asking.forEach(each -> each.completeExceptionally(failed));
      trouble = "what other servers commit cannot be read: " + e.getMessage();
      pause = AFTER_FAILURE;
    }
    return pause(pause);
  }

  private Seen see(Connection connection) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement(LOOK);
        ResultSet row = look.executeQuery()) {
      row.next();
      Seen now = new Seen(row.getLong(1), row.getLong(2), Long.parseLong(row.getString(3)));
      audience.seen(now, Jdbi.create(connection));
      return now;
    }
  }

  private boolean pause(Duration length) {
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(CLOSEST.toNanos(), length.toNanos()));
      long rest = length.minus(CLOSEST).toNanos();
      if (rest > 0 && asked.tryAcquire(rest, TimeUnit.NANOSECONDS)) {
        asked.drainPermits();
      }
      synchronized (this) {
        return !closed;
      }
    } catch (InterruptedException e) {
      return false;
    }
  }

  private synchronized List<CompletableFuture<Void>> asking() {
    List<CompletableFuture<Void>> all = waiting;
    waiting = new ArrayList<>();
    return all;
  }

  private static StoreException ended() {
    return new StoreException.Failed("the store is closed", null);
  }

  private synchronized List<CompletableFuture<Void>> end() {
    closed = true;
    List<CompletableFuture<Void>> late = waiting;
    waiting = new ArrayList<>();
    return late;
  }

  @Override
  public void close() {
    end().forEach(each -> each.completeExceptionally(ended()));
    asked.release();
    try {
      thread.join(AFTER_FAILURE.toMillis() * 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
