package io.amebobridge.server.http;

import io.amebobridge.client.PublishResult;
import io.amebobridge.server.ingest.Intake;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.Appended;
import io.amebobridge.server.store.EventFilter;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.NewLogEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Publishing and reading events. */
final class EventRoutes {
  private static final int MOST_BATCH_BODY = 32 << 20;
  private static final int SMALL = 16 << 10; // parsed at once on the event loop
  private static final Set<String> BATCH_TYPES =
      Set.of("application/json", "application/x-ndjson", "application/ndjson", "application/jsonl");
  private final Services services;
  private final Limits limits;
  private final WorkerExecutor intake;

  EventRoutes(Services services, Limits limits, Vertx vertx) {
    this.services = services;
    this.limits = limits;
    this.intake =
        vertx.createSharedWorkerExecutor(
            "amebo-intake", Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  void on(Routes routes) {
    // A payload sent as a string may be twice its size for the escapes.
    int most = 2 * services.config().maxPayloadBytes() + (64 << 10);
    routes
        .post("/v1/events", most, this::publish)
        .says("Events", "Publishes one event; 201 means that it is on disk.")
        .more("Its payload may have up to " + services.config().maxPayloadBytes() + " bytes.")
        .by(Access.SECRET_OR_TOKEN)
        .takes(Shape.ref("NewEvent"))
        .answers(201, "Stored, or stored before.", Shape.ref("Event"))
        .header(201, "X-Amebo-Duplicate", "true: it was stored before, and this is the first.")
        .refuses(406, "The payload is not what the action's schema allows.")
        .refuses(409, "The deduper was used for another payload.")
        .refuses(422, "The action is not registered, or a field of the event is wrong.");
    routes
        .withBody(
            HttpMethod.POST,
            "/v1/events/batch",
            Math.max(MOST_BATCH_BODY, most),
            BATCH_TYPES,
            this::publishBatch)
        .says("Events", "Publishes up to 5000 events in one transaction.")
        .more("A JSON array, or one object after the other (NDJSON).")
        .by(Access.SECRET_OR_TOKEN)
        .takes(Shape.listOf(Shape.ref("NewEvent")))
        .answers(
            200,
            "One result for each event, in order.",
            Shape.object().with("results", Shape.listOf(Shape.ref("BatchResult"))));
    routes
        .get("/v1/events", this::list)
        .says("Events", "Lists events; an application's token shows those it may read.")
        .more("A page may be shorter than asked for where its rows are large; follow Link.")
        .by(Access.TOKEN)
        .query("id", Shape.integer(), "Its id.")
        .query("action", Shape.text(), "Its action.")
        .query("application", Shape.text(), "Its action's owner.")
        .query("deduper", Shape.text(), "Its deduper.")
        .query("payload", Shape.text(), "Occurs in its payload.")
        .query("after", Shape.integer(), "Ids above.")
        .query("timeline", Shape.text(), "Stored since: a time, or today, week, month.")
        .query("from", Shape.time(), "Stored at or after.")
        .query("to", Shape.time(), "Stored before.")
        .paged("Event");
    routes
        .get("/v1/events/:id", this::one)
        .says("Events", "Answers one event.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .answers(200, "The event.", Shape.ref("Event"))
        .refuses(404, "There is no such event, or none that may be read.");
  }

  private Future<Answer> publish(Exchange exchange) {
    limits.event(exchange);
    Principal bearer = exchange.bearer().orElse(null);
    String trace = exchange.traceparent();
    byte[] body = exchange.body();
    Context context = exchange.context().vertx().getOrCreateContext();
    Future<Intake.Published> published =
        body.length <= SMALL
            ? Future.fromCompletionStage(services.intake().one(body, bearer, trace), context)
            : onWorker(context, () -> services.intake().one(body, bearer, trace));
    return published.compose(
        done ->
            done.appended().outcome() == Appended.Outcome.DUPLICATE
                ? exchange.blocking(() -> duplicate(done))
                : Future.succeededFuture(published(done)));
  }

  private Answer published(Intake.Published published) {
    Appended appended = published.appended();
    if (appended.outcome() == Appended.Outcome.CONFLICT) {
      throw new Refusal(409, Intake.conflict(appended.id()));
    }
    return made(asSent(published));
  }

  /** A duplicate is answered with what is stored, whatever came with it this time. */
  private Answer duplicate(Intake.Published published) {
    LogEvent stored =
        services
            .store()
            .events()
            .find(published.appended().id())
            .orElseGet(() -> asSent(published));
    return made(stored).with(Map.of("X-Amebo-Duplicate", "true"));
  }

  private Answer made(LogEvent event) {
    ObjectNode row = Rows.event(event, services.registry());
    row.put("sleep_until", event.sleepUntil());
    return Answer.json(201, row);
  }

  private static LogEvent asSent(Intake.Published published) {
    NewLogEvent sent = published.event();
    return new LogEvent(
        published.appended().id(),
        sent.actionId(),
        sent.payload(),
        sent.deduper(),
        sent.key(),
        sent.source(),
        sent.sleepUntil(),
        published.appended().timestamped(),
        sent.traceparent());
  }

  private Future<Answer> publishBatch(Exchange exchange) {
    limits.event(exchange);
    Principal bearer = exchange.bearer().orElse(null);
    String trace = exchange.traceparent();
    byte[] body = exchange.body();
    return onWorker(
            exchange.context().vertx().getOrCreateContext(),
            () -> services.intake().batch(body, bearer, trace))
        .map(
            results -> {
              limits.moreEvents(exchange, results.size() - 1);
              return Answer.text(200, batchText(results));
            });
  }

  /** Off the event loop for what may take milliseconds. */
  private <T> Future<T> onWorker(
      Context context, java.util.concurrent.Callable<CompletableFuture<T>> task) {
    return intake
        .executeBlocking(task, false)
        .compose(future -> Future.fromCompletionStage(future, context));
  }

  private static String batchText(List<PublishResult> results) {
    StringBuilder text = new StringBuilder(40 * results.size() + 16).append("{\"results\":[");
    String separator = "";
    for (PublishResult result : results) {
      text.append(separator)
          .append("{\"status\":\"")
          .append(result.status().name().toLowerCase(Locale.ROOT))
          .append('"');
      if (result.stored()) {
        text.append(",\"event\":").append(result.event());
      }
      if (result.error() != null) {
        text.append(",\"error\":").append(JsonMapper.shared().writeValueAsString(result.error()));
      }
      text.append('}');
      separator = ",";
    }
    return text.append("]}").toString();
  }

  private Future<Answer> list(Exchange exchange) {
    Principal principal = exchange.principal();
    Paging paging = Paging.of(exchange);
    EventFilter filter = filter(exchange, principal);
    return exchange.listing(
        () -> {
          EventReader.Page page =
              services.store().events().list(filter, paging.size(), paging.offset());
          long total = services.store().events().count(filter, Paging.MOST_COUNTED + 1);
          services.registry().catchUp(services.store().events());
          List<ObjectNode> rows =
              page.events().stream().map(e -> Rows.event(e, services.registry())).toList();
          Long cut =
              !page.complete() && rows.size() < paging.size()
                  ? page.events().get(rows.size() - 1).id()
                  : null;
          return paging.answer(exchange.context().request(), rows, total, cut);
        });
  }

  private Future<Answer> one(Exchange exchange) {
    Principal principal = exchange.principal();
    long id = exchange.pathId();
    return exchange.blocking(
        () -> {
          Optional<LogEvent> found = services.store().events().find(id);
          services.registry().catchUp(services.store().events());
          List<Long> visible = visible(principal);
          return found
              .filter(event -> visible == null || visible.contains(event.actionId()))
              .map(event -> Answer.json(200, Rows.event(event, services.registry())))
              .orElseThrow(() -> new Refusal(404, "event - there is no " + id));
        });
  }

  private EventFilter filter(Exchange exchange, Principal principal) {
    String action = exchange.query("action");
    String application = exchange.query("application");
    List<Long> actions = visible(principal);
    if (action != null || application != null) {
      List<Long> allowed = actions;
      actions =
          services.registry().actions().stream()
              .filter(a -> action == null || a.name().equals(action))
              .filter(a -> application == null || a.application().equals(application))
              .map(Action::id)
              .filter(id -> allowed == null || allowed.contains(id))
              .toList();
    }
    Long from = exchange.time("from");
    return new EventFilter(
        exchange.number("id"),
        actions,
        exchange.query("deduper"),
        exchange.query("payload"),
        exchange.number("after"),
        from != null ? from : exchange.since("timeline", services.config().clock()),
        exchange.time("to"));
  }

  /** The actions whose events it may read, its own and those it subscribes to; null: all. */
  private @Nullable List<Long> visible(Principal principal) {
    if (!(principal instanceof Principal.Application application)) {
      return null;
    }
    return services.registry().actions().stream()
        .filter(action -> reads(application.name(), action))
        .map(Action::id)
        .toList();
  }

  private boolean reads(String application, Action action) {
    return action.application().equals(application)
        || services.registry().subscriptions().stream()
            .anyMatch(
                s -> s.application().equals(application) && s.action().matches(action.name()));
  }
}
