package io.amebobridge.server.cluster;

import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.delivery.Ownership;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.StoreException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;

/** This server among others on the same database. Thread-safe. */
public final class Cluster implements Ownership, AutoCloseable {
  private final Store store;
  private final Registry registry;
  private final Dispatcher dispatcher;
  private final Heartbeat heartbeat;
  private final Leases leases;
  private final Follower follower;

  private Cluster(
      Store store,
      Registry registry,
      Dispatcher dispatcher,
      ClusterSettings settings,
      String mark,
      Link.Sessions sessions)
      throws SQLException {
    this.store = store;
    this.registry = registry;
    this.dispatcher = dispatcher;
    this.heartbeat = new Heartbeat(settings, mark, sessions, this::alive);
    this.leases = new Leases(settings, heartbeat, dispatcher, registry, store.writer(), sessions);
    this.follower = new Follower(settings, sessions, new Following());
  }

  /**
   * Joins the servers on this database: from now on deliveries are shared out.
   *
   * @param mark what this server's names end with; may be empty
   * @throws StoreException.Failed where the database does not answer
   */
  public static Cluster join(
      Store store,
      Registry registry,
      Dispatcher dispatcher,
      ClusterSettings settings,
      String mark) {
    try {
      Link.Sessions sessions = () -> store.session(settings.timeToLive().minus(settings.margin()));
      Cluster cluster = new Cluster(store, registry, dispatcher, settings, mark, sessions);
      registry.others(cluster.follower);
      dispatcher.start(cluster);
      cluster.leases.start();
      return cluster;
    } catch (SQLException e) {
      throw new StoreException.Failed(
          "cannot join the servers on this database: " + e.getMessage(), e);
    }
  }

  /** This server's name among them; another one each time it was not heard of for too long. */
  @Override
  public Optional<String> instance() {
    return Optional.of(heartbeat.instance());
  }

  private void alive() {
    leases.nudge();
    dispatcher.committed();
  }

  @Override
  public void changed() {
    leases.nudge();
  }

  @Override
  public Optional<String> trouble() {
    return heartbeat.isSure()
        ? follower.trouble()
        : Optional.of("this server cannot renew its place among those on the database");
  }

  @Override
  public Map<Long, Dispatcher.Standing> recorded() {
    try {
      return store
          .jdbi()
          .withHandle(
              handle ->
                  LeaseRows.standings(handle.getConnection(), id -> store.events().beyond(id)));
    } catch (SQLException e) {
      throw new StoreException.Failed("the database does not answer: " + e.getMessage(), e);
    }
  }

  /**
   * Hands over what is driven here; completes when calls in flight have ended, or had their time.
   */
  public CompletableFuture<Void> leave() {
    return leases.leave();
  }

  /** After {@link #leave}, and while the store is open. */
  @Override
  public void close() {
    heartbeat.close();
    leases.close();
    follower.close();
  }

  /** What is done about what other servers have committed, in this order. */
  private final class Following implements Follower.Audience {
    private long head;
    private long freed = -1;

    @Override
    public void seen(Follower.Seen now, Jdbi reader) {
      // First: no event is looked at before its action is known.
      if (now.registry() > registry.version()) {
        registry.reload(reader);
      }
      if (now.head() > head) {
        head = now.head();
        store.seen(head);
        dispatcher.committed();
      }
      if (now.leases() != freed) {
        freed = now.leases();
        leases.nudge();
      }
    }

    @Override
    public boolean busy() {
      return leases.busy();
    }
  }
}
