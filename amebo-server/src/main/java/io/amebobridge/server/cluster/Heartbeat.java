package io.amebobridge.server.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this server among the instances, on a thread and a connection of its own. An instance that
 * has expired never comes back: the server goes on as another one, which has to take its leases
 * anew. Thread-safe.
 */
final class Heartbeat implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  // Not once it has expired: whoever sees that may take its leases.
  private static final String RENEW =
      "UPDATE instances SET expires_at = clock_timestamp() + ? * interval '1 millisecond',"
          + " leaving = ? WHERE id = ? AND expires_at > clock_timestamp()";
  private static final String JOIN =
      "INSERT INTO instances (id, expires_at, leaving)"
          + " VALUES (?, clock_timestamp() + ? * interval '1 millisecond', ?)";

  /** What is told on the heartbeat's thread. Must not block. */
  interface Listener {
    /** It may begin calls again, after a time in which it might not, or as another instance. */
    void alive();
  }

  /**
   * A time for which this server is sure of its place.
   *
   * @param sent when the renewal was sent that gave it, by System.nanoTime
   */
  private record Term(String instance, long sent) {}

  private final ClusterSettings settings;
  private final String mark;
  private final Listener listener;
  private final Link link;
  private final long sureNanos;
  private final Thread thread;
  private final Semaphore asked = new Semaphore(0);
  private volatile Term term;
  private volatile boolean leaving;
  private volatile boolean closed;

  /**
   * Joins the instances.
   *
   * @param mark what its names end with: says what others are to know of it
   * @throws SQLException where it cannot
   */
  Heartbeat(ClusterSettings settings, String mark, Link.Sessions sessions, Listener listener)
      throws SQLException {
    this.settings = settings;
    this.mark = mark;
    this.listener = listener;
    this.link = new Link(sessions, "Renewing this server's place among the instances");
    this.sureNanos = settings.timeToLive().minus(settings.margin()).toNanos();
    this.term = link.ask(this::join);
    this.thread = new Thread(this::run, "amebo-heartbeat");
    thread.setDaemon(true);
    thread.start();
  }

  /** The instance that this server is now. */
  String instance() {
    return term.instance;
  }

  /** Whether this server is that instance and sure that nobody has taken its leases. */
  boolean isSure(String instance) {
    Term now = term;
    return now.instance.equals(instance) && System.nanoTime() - now.sent < sureNanos;
  }

  boolean isSure() {
    return isSure(instance());
  }

  /** No longer counts when subscriptions are shared out; what it has is still its own. */
  void leave() {
    leaving = true;
    asked.release();
  }

  private void run() {
    while (!closed) {
      boolean renewed = beat();
      pause(renewed ? settings.renewal() : settings.renewal().dividedBy(4));
    }
    link.close();
  }

  private boolean beat() {
    Term before = term;
    long sent = System.nanoTime();
    try {
      if (link.ask(connection -> renewed(connection, before))) {
        term = new Term(before.instance, sent);
      } else {
        log.atWarn()
            .addKeyValue("instance", before.instance)
            .log("This server was not heard of in time; others may drive its subscriptions");
        link.close(); // another session: it looks whether the data is still the same
        term = link.ask(this::join);
      }
    } catch (SQLException | RuntimeException e) {
      return false; // the link has said so
    }
    // Sureness may have ended, and stopped a driver, while the renewal was under way.
    boolean wasSure = System.nanoTime() - before.sent < sureNanos;
    if (!wasSure || !term.instance.equals(before.instance)) {
      listener.alive();
    }
    return true;
  }

  private boolean renewed(Connection connection, Term before) throws SQLException {
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      renew.setLong(1, settings.timeToLive().toMillis());
      renew.setBoolean(2, leaving);
      renew.setString(3, before.instance);
      return renew.executeUpdate() == 1;
    }
  }

  private Term join(Connection connection) throws SQLException {
    long sent = System.nanoTime();
    String instance = UUID.randomUUID() + mark;
    try (PreparedStatement join = connection.prepareStatement(JOIN)) {
      join.setString(1, instance);
      join.setLong(2, settings.timeToLive().toMillis());
      join.setBoolean(3, leaving);
      join.executeUpdate();
    }
    return new Term(instance, sent);
  }

  private void pause(Duration length) {
    try {
      if (asked.tryAcquire(length.toNanos(), TimeUnit.NANOSECONDS)) {
        asked.drainPermits();
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** Ends the renewals; the row is left to whoever gives back the leases. */
  @Override
  public void close() {
    closed = true;
    asked.release();
    try {
      thread.join(settings.timeToLive().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
