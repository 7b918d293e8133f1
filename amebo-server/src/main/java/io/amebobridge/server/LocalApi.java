package io.amebobridge.server;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.ServerStatus;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.client.SubscriptionSpec;
import io.amebobridge.server.http.Services;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.store.EventFilter;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.StoreException;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The server's API without the wire: the same checks, the same writer. Thread-safe. */
final class LocalApi implements AmeboApi {
  private static final Duration BUSY = Duration.ofMillis(200);
  private static final int TAKEN_APPLICATION = 406;
  private static final int TAKEN = 426;
  private final Services services;
  private final WorkerExecutor worker;

  LocalApi(Services services, Vertx vertx) {
    this.services = services;
    this.worker = vertx.createSharedWorkerExecutor("amebo-local", 2);
  }

  @Override
  public ServerStatus status() {
    return new ServerStatus(
        ServerStatus.Kind.AMEBO_BRIDGE, services.version(), services.config().maxPayloadBytes());
  }

  @Override
  public CompletionStage<PublishResult> publish(NewEvent event) {
    return publishBatch(List.of(event)).thenApply(results -> results.get(0));
  }

  /** Checked and answered on a worker, so that neither the caller nor the writer waits. */
  @Override
  public CompletionStage<List<PublishResult>> publishBatch(List<NewEvent> events) {
    List<NewEvent> copy = List.copyOf(events);
    CompletableFuture<List<PublishResult>> done = new CompletableFuture<>();
    try {
      worker
          .executeBlocking(() -> services.intake().batch(copy), false)
          .compose(io.vertx.core.Future::fromCompletionStage)
          .onSuccess(results -> done.completeAsync(() -> results))
          .onFailure(failure -> fail(done, failure));
    } catch (RejectedExecutionException | IllegalStateException e) {
      fail(done, e); // the server is closed
    }
    return done;
  }

  private static void fail(CompletableFuture<?> done, Throwable failure) {
    done.completeAsync(
        () -> {
          throw translated(failure);
        });
  }

  @Override
  public void register(ApplicationSpec wanted) throws InterruptedException {
    try {
      await(
          () ->
              services
                  .registrar()
                  .application(wanted.application(), wanted.address(), wanted.secret()));
    } catch (AmeboException.Refused e) {
      boolean same =
          services
              .registry()
              .application(wanted.application())
              .filter(known -> known.accepts(wanted.secret()))
              .isPresent();
      if (e.status() != TAKEN_APPLICATION || !same) {
        throw e;
      }
    }
  }

  @Override
  public void register(ActionSpec wanted) throws InterruptedException {
    try {
      await(
          () ->
              services
                  .registrar()
                  .action(
                      wanted.action(),
                      wanted.application(),
                      wanted.schemata(),
                      Retention.forever(),
                      null,
                      wanted.secret()));
    } catch (AmeboException.Refused e) {
      Optional<Action> known = services.registry().action(wanted.action());
      if (e.status() != TAKEN || known.isEmpty() || !same(known.get(), wanted)) {
        throw e;
      }
    }
  }

  private static boolean same(Action known, ActionSpec wanted) {
    try {
      return known.application().equals(wanted.application())
          && JsonMapper.shared()
              .readTree(known.schema().text())
              .equals(JsonMapper.shared().readTree(wanted.schemata()));
    } catch (JacksonException e) {
      return false;
    }
  }

  @Override
  public void register(SubscriptionSpec wanted) throws InterruptedException {
    try {
      await(
          () ->
              services
                  .registrar()
                  .subscription(wanted.application(), wish(wanted), null, wanted.secret()));
    } catch (AmeboException.Refused e) {
      ActionPattern pattern = new ActionPattern(wanted.action());
      boolean same =
          services.registry().subscriptions().stream()
              .anyMatch(
                  known ->
                      known.application().equals(wanted.application())
                          && known.action().equals(pattern)
                          && known.handler().equals(wanted.handler()));
      if (e.status() != TAKEN || !same) {
        throw e;
      }
    }
  }

  private static Registrar.Wish wish(SubscriptionSpec wanted) {
    return new Registrar.Wish(
        wanted.action(),
        wanted.handler(),
        null,
        wanted.maxRetries(),
        false,
        true,
        false,
        Start.parse("start", wanted.start()));
  }

  @Override
  public List<StoredEvent> events(EventQuery query) throws InterruptedException {
    return await(() -> CompletableFuture.supplyAsync(() -> read(query)));
  }

  /** Page by page, as they are cut by their bytes; fewer than the limit means the log's end. */
  private List<StoredEvent> read(EventQuery query) {
    services.registry().catchUp(services.store().events());
    List<Long> actions =
        query.action() == null
            ? null
            : services.registry().action(query.action()).map(Action::id).stream().toList();
    List<StoredEvent> all = new ArrayList<>();
    Long after = query.after();
    boolean complete = false;
    while (all.size() < query.limit() && !complete) {
      EventFilter filter = new EventFilter(null, actions, query.deduper(), null, after, null, null);
      EventReader.Page page = services.store().events().list(filter, query.limit() - all.size(), 0);
      services.registry().catchUp(services.store().events());
      page.events().forEach(event -> all.add(stored(event)));
      after = all.isEmpty() ? after : Long.valueOf(all.get(all.size() - 1).event());
      complete = page.complete();
    }
    return List.copyOf(all);
  }

  private StoredEvent stored(LogEvent event) {
    return new StoredEvent(
        event.id(),
        services.registry().action(event.actionId()).map(Action::name).orElse(""),
        new String(event.payload(), StandardCharsets.UTF_8),
        event.deduper(),
        event.source(),
        Instant.ofEpochMilli(event.timestamped()),
        event.traceparent());
  }

  @Override
  public void close() {
    worker.close();
  }

  private interface Call<T> {
    Future<T> begin();
  }

  /** A refusal counts once all was looked at that another server may have registered. */
  private <T> T await(Call<T> call) throws InterruptedException {
    long revision = services.registry().revision();
    try {
      return once(call);
    } catch (AmeboException.Denied | AmeboException.Refused e) {
      if (services.registry().shared() && once(() -> services.registry().changedSince(revision))) {
        return once(call);
      }
      throw e;
    }
  }

  private static <T> T once(Call<T> call) throws InterruptedException {
    try {
      return call.begin().get();
    } catch (ExecutionException e) {
      throw translated(e.getCause() == null ? e : e.getCause());
    } catch (Refusal | StoreException e) {
      throw translated(e);
    }
  }

  private static RuntimeException translated(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Refusal refusal) {
      return refusal.status() == 401 || refusal.status() == 403 || refusal.status() == 417
          ? new AmeboException.Denied(refusal.text())
          : new AmeboException.Refused(refusal.text(), refusal.status());
    }
    if (cause instanceof StoreException.Busy) {
      return new AmeboException.Unavailable(String.valueOf(cause.getMessage()), BUSY, cause);
    }
    return new AmeboException.Unavailable(String.valueOf(cause.getMessage()), null, cause);
  }
}
