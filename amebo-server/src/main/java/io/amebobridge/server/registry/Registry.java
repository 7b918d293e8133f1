package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.security.SecretFingerprint;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.Store;
import io.amebobridge.server.store.StoreException;
import io.amebobridge.server.store.WriteSession;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What is registered, in memory for the hot path and in the database. Thread-safe; memory changes
 * after the commit, on the writer's thread, or when it is found that another server has changed
 * something.
 */
public final class Registry {
  /** Told about subscriptions, after the commit, one at a time; must not block. */
  public interface Subscriptions {
    void added(Subscription subscription);

    void changed(Subscription subscription);

    void removed(Subscription subscription);
  }

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);
  private final Store store;
  private final SecretBox secrets;
  private final InstantSource clock;
  private final Map<String, Application> applications = new ConcurrentSkipListMap<>();
  private final Map<String, Action> actions = new ConcurrentSkipListMap<>();
  private final Map<Long, Action> actionsById = new ConcurrentSkipListMap<>();
  private final Map<Long, Subscription> subscriptions = new ConcurrentSkipListMap<>();
  private final Object memory = new Object();
  private final RegistryVersion version = new RegistryVersion();
  private volatile @Nullable Subscriptions listener;
  private volatile OtherServers others = OtherServers.NONE;

  /** Reads all that is registered. */
  public Registry(Store store, SecretBox secrets, InstantSource clock) {
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    reload(store.jdbi());
  }

  /** From now on other servers register in the same database. */
  public void others(OtherServers value) {
    others = value;
  }

  /** Whether other servers register in the same database. */
  public boolean shared() {
    return others != OtherServers.NONE;
  }

  /** Changes with everything that changes here: to be taken before what is looked up is missed. */
  public long revision() {
    return version.revision();
  }

  /**
   * To be asked before anything is refused: completes with whether something was registered, here
   * or at another server, since that revision was taken. Then look again.
   */
  public CompletableFuture<Boolean> changedSince(long revision) {
    OtherServers asked = others;
    if (asked == OtherServers.NONE) {
      return CompletableFuture.completedFuture(revision != revision());
    }
    return asked.look().thenApply(done -> revision != revision());
  }

  /**
   * Waits until all is here that other servers had registered when the database was at this
   * version.
   *
   * @throws StoreException.Failed where it cannot be read
   */
  public void await(long databaseVersion) {
    if (!shared() || version() >= databaseVersion) {
      return;
    }
    try {
      others.look().get(LONGEST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreException.Failed("what other servers have registered cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException.Failed("interrupted while the registry was read", e);
    }
  }

  /** Waits until every action is here that an event in this log may be of. May block. */
  public void catchUp(EventReader events) {
    if (shared()) {
      await(events.registryVersion());
    }
  }

  /** The database's version that is here in full. */
  public long version() {
    synchronized (memory) {
      return version.complete();
    }
  }

  /** Takes over what other servers have changed. Blocks while it reads. */
  public void reload(Jdbi jdbi) {
    while (!apply(Registered.read(jdbi, secrets))) {
      // a change of our own came between
    }
  }

  private boolean apply(Registered read) {
    synchronized (memory) {
      if (!version.isBehind(read.version())) {
        return version.complete() >= read.version();
      }
      version.complete(read.version());
      read.applications().forEach(a -> applications.put(a.name(), a));
      read.actions().forEach(this::keep);
      for (Subscription gone : List.copyOf(subscriptions.values())) {
        if (!read.subscriptions().containsKey(gone.id())) {
          subscriptions.remove(gone.id());
          tell(told -> told.removed(gone));
        }
      }
      read.subscriptions().values().forEach(this::keep);
      return true;
    }
  }

  private void keep(Subscription read) {
    Subscription before = subscriptions.put(read.id(), read);
    if (before == null) {
      tell(told -> told.added(read));
    } else if (!read.equals(before.at(read.cursor()))) {
      tell(told -> told.changed(read));
    }
  }

  public void listener(Subscriptions value) {
    listener = value;
  }

  /** As it is now: a previous secret is gone with its grace. */
  public Optional<Application> application(String name) {
    Application known = applications.get(name);
    return known == null ? Optional.empty() : Optional.of(known.at(clock.millis()));
  }

  public Optional<Action> action(String name) {
    return Optional.ofNullable(actions.get(name));
  }

  public Optional<Action> action(long id) {
    return Optional.ofNullable(actionsById.get(id));
  }

  public Optional<Subscription> subscription(long id) {
    return Optional.ofNullable(subscriptions.get(id));
  }

  public Collection<Application> applications() {
    long now = clock.millis();
    return applications.values().stream().map(application -> application.at(now)).toList();
  }

  public Collection<Action> actions() {
    return actionsById.values();
  }

  public Collection<Subscription> subscriptions() {
    return subscriptions.values();
  }

  /** Ids of the actions that a pattern matches now. */
  public List<Long> matching(ActionPattern pattern) {
    return actions().stream().filter(a -> pattern.matches(a.name())).map(Action::id).toList();
  }

  /** Registers an application; 406 where its name is taken. */
  public CompletableFuture<Application> addApplication(String name, String address, Secret secret) {
    return change(
        session -> RegistryWrites.application(session, secrets, name, address, secret),
        added -> applications.put(name, added));
  }

  /** Changes what is not null; the rest stays as it is by then, not as the caller saw it. */
  public CompletableFuture<Application> changeApplication(
      Application application, ApplicationChange wanted) {
    return change(
        session -> wanted.write(session, application.id(), secrets),
        changed -> {
          applications.put(changed.name(), changed);
          // Their calls may go to another endpoint now.
          subscriptions.values().stream()
              .filter(s -> s.application().equals(changed.name()))
              .forEach(s -> tell(told -> told.changed(s)));
        });
  }

  /** Seals all anew under AMEBO_SECRET, unless another server does not know it. */
  CompletableFuture<Boolean> reseal(SecretFingerprint fingerprint) {
    return change(
        session -> Reseal.write(session, secrets, fingerprint, store.shared()), done -> {});
  }

  /** Forgets the secrets whose grace is over, in memory and in the database. */
  public CompletableFuture<Integer> endGraces() {
    long now = clock.millis();
    if (applications.values().stream().allMatch(a -> a.at(now).equals(a))) {
      return CompletableFuture.completedFuture(0);
    }
    return change(
        session -> RegistryWrites.endGraces(session, now),
        done -> applications.replaceAll((name, application) -> application.at(now)));
  }

  /** Registers an action; 426 where its name is taken. */
  public CompletableFuture<Action> addAction(
      String name, Application owner, EventSchema schema, Retention retention) {
    return change(
        session -> RegistryWrites.action(session, name, owner, schema, retention), this::keep);
  }

  /**
   * Changes what is not null; the rest stays as it is by then. Events stored before stay as they
   * are.
   */
  public CompletableFuture<Action> changeAction(Action action, ActionChange wanted) {
    return change(session -> wanted.write(session, action), this::keep);
  }

  /** Registers a subscription; 426 where the same one exists. */
  public CompletableFuture<Subscription> addSubscription(NewSubscription wanted) {
    return change(
        session -> RegistryWrites.subscription(session, wanted),
        added -> {
          subscriptions.put(added.id(), added);
          tell(told -> told.added(added));
        });
  }

  /** Changes what is not null of a subscription. */
  public CompletableFuture<Subscription> changeSubscription(
      Subscription subscription, SubscriptionChange wanted) {
    long id = subscription.id();
    return change(
            session -> RegistryWrites.change(session, id, wanted),
            done -> {
              Subscription changed =
                  subscriptions.computeIfPresent(id, (known, current) -> wanted.on(current));
              if (changed != null) {
                tell(told -> told.changed(changed));
              }
            })
        .thenApply(done -> subscriptions.getOrDefault(id, subscription));
  }

  /** Ends a subscription. What was delivered stays on record. */
  public CompletableFuture<Subscription> removeSubscription(Subscription subscription) {
    return change(
        session -> RegistryWrites.end(session, subscription),
        done -> {
          subscriptions.remove(done.id());
          tell(told -> told.removed(done));
        });
  }

  private void keep(Action action) {
    Action known = actionsById.get(action.id());
    if (known == null || !known.same(action)) {
      actions.put(action.name(), action); // else the compiled schema is kept
      actionsById.put(action.id(), action);
    }
  }

  private void tell(Consumer<Subscriptions> message) {
    Subscriptions told = listener;
    if (told != null) {
      message.accept(told);
    }
  }

  private <T> CompletableFuture<T> change(Change<T> write, Consumer<T> committed) {
    return store
        .writer()
        .apply(
            new Change<T>() {
              private long changed;

              @Override
              public T apply(WriteSession session) throws SQLException {
                T result = write.apply(session);
                changed = RegistryVersion.bump(session);
                return result;
              }

              @Override
              public void committed(T result) {
                synchronized (memory) {
                  // Else it was read back already, maybe with newer changes of other servers.
                  if (changed > version.complete()) {
                    committed.accept(result);
                  }
                  version.changed(changed);
                }
              }
            });
  }
}
