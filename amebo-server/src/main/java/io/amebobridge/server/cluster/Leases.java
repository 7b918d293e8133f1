package io.amebobridge.server.cluster;

import io.amebobridge.server.delivery.Driving;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.LogWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes leases and gives them back, so that each instance drives its share. What is decided is
 * decided on one thread; everything else may be called from any.
 */
final class Leases implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leases.class);
  private static final int AT_ONCE = 32;
  private static final int ROUNDS = 10; // in the time that an instance has to live
  private static final Duration WRITE = Duration.ofSeconds(15);

  private final ClusterSettings settings;
  private final Heartbeat heartbeat;
  private final Driving drives;
  private final Registry registry;
  private final LogWriter writer;
  private final Link link;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "amebo-leases");
            daemon.setDaemon(true);
            return daemon;
          });
  private final Rewinds rewinds;
  private final AtomicBoolean asked = new AtomicBoolean();
  // The thread's own:
  private final Map<Long, Lease> held = new HashMap<>();
  private final Set<Long> driven = new HashSet<>();
  private final Map<Long, CompletableFuture<Void>> givingBack = new HashMap<>();
  private String instance;
  private boolean leaving;
  private volatile int driving;

  Leases(
      ClusterSettings settings,
      Heartbeat heartbeat,
      Driving drives,
      Registry registry,
      LogWriter writer,
      Link.Sessions sessions) {
    this.settings = settings;
    this.heartbeat = heartbeat;
    this.drives = drives;
    this.registry = registry;
    this.writer = writer;
    this.link = new Link(sessions, "Sharing out subscriptions");
    this.instance = heartbeat.instance();
    this.rewinds =
        new Rewinds(
            lease -> drives.finishRewind(lease.subscription(), lease), this::onThread, this::nudge);
  }

  void start() {
    long every = settings.timeToLive().toMillis() / ROUNDS;
    Future<?> unused = thread.scheduleWithFixedDelay(this::round, 0, every, TimeUnit.MILLISECONDS);
  }

  /** There may be something to take or to end. Many calls become one. */
  void nudge() {
    if (asked.compareAndSet(false, true)) {
      onThread(this::round);
    }
  }

  boolean busy() {
    return driving > 0;
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("The leases are closed", e);
    }
  }

  private void round() {
    asked.set(false);
    try {
      turnInto(heartbeat.instance());
      if (leaving) {
        return;
      }
      LeaseRows rows = link.ask(LeaseRows::read);
      forget(rows);
      resume(held.keySet().stream().filter(id -> !driven.contains(id)).toList());
      share(rows);
      if (rows.litter() && instance.equals(rows.live().stream().findFirst().orElse(""))) {
        write(LeaseChanges.tidy());
      }
    } catch (SQLException e) {
      log.debug("No round of sharing", e); // the link has said so
    } catch (RuntimeException e) {
      log.warn("Sharing out subscriptions failed; trying on", e);
    }
    driving = driven.size();
  }

  /** As another instance it has no leases. */
  private void turnInto(String now) {
    if (!now.equals(instance)) {
      instance = now;
      List.copyOf(held.values()).forEach(this::drop);
    }
  }

  private void drop(Lease lease) {
    held.remove(lease.subscription());
    driven.remove(lease.subscription());
    drives.abandon(lease.subscription());
  }

  /** What is another's by now, or gone. */
  private void forget(LeaseRows rows) {
    Map<Long, LeaseRows.Row> bySubscription = new HashMap<>();
    rows.rows().forEach(row -> bySubscription.put(row.subscription(), row));
    for (Lease lease : List.copyOf(held.values())) {
      LeaseRows.Row row = bySubscription.get(lease.subscription());
      if (row == null) {
        giveBack(lease); // deleted: what is in flight may end
      } else if (row.token() != lease.token()) {
        drop(lease);
      }
    }
  }

  private void share(LeaseRows rows) {
    if (!heartbeat.isSure(instance)) {
      return;
    }
    Share share = Share.of(instance, rows.live(), rows.holders());
    List<Lease> mine = held.values().stream().filter(l -> !isGivenBack(l)).toList();
    int excess = share.giveBack() - givingBack.size();
    mine.stream().limit(Math.max(0, excess)).forEach(this::giveBack);
    List<Long> available = rows.available(instance, held.keySet());
    int take = Math.min(AT_ONCE, Math.min(share.take(), available.size()));
    if (take > 0) {
      take(available.subList(0, take));
      if (share.take() > take) {
        nudge();
      }
    }
  }

  private boolean isGivenBack(Lease lease) {
    return givingBack.containsKey(lease.subscription());
  }

  private void take(Collection<Long> wanted) {
    String taker = instance;
    write(LeaseChanges.take(taker, wanted))
        .ifPresent(
            tokens -> {
              tokens.forEach(
                  (id, token) ->
                      held.put(id, new Lease(id, taker, token, heartbeat, this::refused)));
              resume(tokens.keySet());
            });
  }

  /** Reads where it stood after the lease was taken, so that nobody moves it any more. */
  private void resume(Collection<Long> subscriptions) {
    for (long id : subscriptions) {
      Lease lease = held.get(id);
      if (lease == null || isGivenBack(lease) || rewinds.isUnderWay(id)) {
        continue;
      }
      try {
        LeaseRows.Place place = link.ask(connection -> LeaseRows.place(connection, id));
        if (place.rewinding()) {
          rewinds.begin(lease);
          continue;
        }
        registry.await(place.registry());
        Optional<Subscription> known = registry.subscription(id);
        if (known.isPresent()) {
          drives.resume(known.get().at(place.cursor()), lease);
          driven.add(id);
        }
      } catch (SQLException | RuntimeException e) {
        log.atWarn()
            .addKeyValue("subscription", id)
            .setCause(e)
            .log("A subscription cannot be resumed yet; trying on");
      }
    }
    driving = driven.size();
  }

  private void refused(Lease lease) {
    onThread(
        () -> {
          if (lease.equals(held.get(lease.subscription()))) {
            drop(lease);
          }
        });
    nudge();
  }

  /** Lets end what is in flight, for a while; then the lease is free. */
  private void giveBack(Lease lease) {
    long id = lease.subscription();
    if (isGivenBack(lease)) {
      return;
    }
    CompletableFuture<Void> drained = new CompletableFuture<>();
    drives.release(id).onComplete(done -> drained.complete(null));
    givingBack.put(
        id,
        drained
            .completeOnTimeout(null, settings.drain().toMillis(), TimeUnit.MILLISECONDS)
            .thenCompose(done -> writer.apply(LeaseChanges.giveBack(lease)))
            .handle((given, failure) -> failure)
            .thenAcceptAsync(failure -> givenBack(lease, failure), this::onThread));
  }

  private void givenBack(Lease lease, @Nullable Throwable failure) {
    givingBack.remove(lease.subscription());
    if (failure != null) {
      log.atWarn()
          .addKeyValue("subscription", lease.subscription())
          .setCause(failure)
          .log("A subscription could not be given back yet");
    }
    // Where it failed the row still says that it is held: it is taken anew, or given back again.
    held.remove(lease.subscription(), lease);
    driven.remove(lease.subscription());
    driving = driven.size();
    nudge();
  }

  private <T> Optional<T> write(Change<T> change) {
    try {
      return Optional.of(writer.apply(change).get(WRITE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      log.debug("A lease could not be written", e); // the writer has said so
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Gives everything back; completes when nothing is driven here any more. */
  CompletableFuture<Void> leave() {
    CompletableFuture<Void> left = new CompletableFuture<>();
    onThread(
        () -> {
          leaving = true;
          heartbeat.leave();
          List.copyOf(held.values()).forEach(this::giveBack);
          CompletableFuture<?>[] all = givingBack.values().toArray(CompletableFuture[]::new);
          CompletableFuture<Void> unused =
              CompletableFuture.allOf(all).whenComplete((done, failure) -> left.complete(null));
        });
    return left;
  }

  /** Whatever is still held is free from now on. */
  @Override
  public void close() {
    write(LeaseChanges.leave(heartbeat.instance())); // not renewed any more: it stays the same
    thread.shutdownNow();
    rewinds.close();
    link.close();
  }
}
