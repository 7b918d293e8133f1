package io.amebobridge.server.http;

import io.amebobridge.server.registry.ActionPattern;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.ReplayChanges;
import io.amebobridge.server.store.ReplayRow;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Replays of many deliveries: one for each subscription, stored, throttled, to be cancelled. */
final class ReplayRoutes {
  private static final int MOST_BODY = 64 << 10;
  private static final int MOST_EVENTS = 1_000;
  private static final int PER_SECOND = 100;
  private static final int MOST_PER_SECOND = 10_000;
  private static final ReplayRow.Counts NOTHING_YET = new ReplayRow.Counts(0, 0, 0);
  private final Services services;

  ReplayRoutes(Services services) {
    this.services = services;
  }

  void on(Routes routes) {
    routes
        .post("/v1/replays", MOST_BODY, this::begin)
        .says("Deliveries", "Delivers many once more: one replay for each subscription it is for.")
        .by(Access.TOKEN)
        .takes(wanted())
        .answers(202, "Stored, and under way.", Shape.listOf(Shape.ref("ReplayOfMany")))
        .refuses(403, "It is another application's.")
        .refuses(404, "There is no such subscription.")
        .refuses(409, "One of the subscriptions has a replay under way.");
    routes
        .get("/v1/replays", this::list)
        .says("Deliveries", "Lists replays of many, the newest first.")
        .by(Access.TOKEN)
        .query("application", Shape.text(), "The subscriber.")
        .paged("ReplayOfMany", "the newest first");
    routes
        .get("/v1/replays/:id", this::one)
        .says("Deliveries", "Answers one replay of many.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .answers(200, "The replay.", Shape.ref("ReplayOfMany"))
        .refuses(404, "There is no such replay.");
    routes
        .delete("/v1/replays/:id", this::cancel)
        .says("Deliveries", "Cancels a replay of many; what was made due stays so.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .answers(200, "The replay, cancelled or done before.", Shape.ref("ReplayOfMany"))
        .refuses(404, "There is no such replay.");
  }

  private static Shape wanted() {
    return Shape.object()
        .maybe("subscription", Shape.integer().says("Without it all that the token is for."))
        .maybe("application", Shape.text().says("The subscriber."))
        .maybe("action", Shape.text().says("Of events of this action, or of such as user.*"))
        .maybe("state", Shape.oneOf("dead", "delivered").otherwise("dead"))
        .maybe("from", Shape.time().says("Reached that state at or after."))
        .maybe("to", Shape.time().says("Reached that state before."))
        .maybe("events", Shape.listOf(Shape.integer()).says("Of these events only."))
        .maybe("limit", Shape.integer().from(1, Integer.MAX_VALUE))
        .maybe("per_second", Shape.integer().from(1, MOST_PER_SECOND).otherwise(PER_SECOND));
  }

  private Future<Answer> begin(Exchange exchange) {
    Principal asker = exchange.principal();
    Fields fields = exchange.fields();
    List<Subscription> targets = targets(fields, asker);
    List<ReplayRow> wanted = new ArrayList<>();
    long now = services.config().clock().millis();
    targets.forEach(target -> wanted.add(wanted(fields, target.id(), now)));
    return exchange
        .listing(
            () ->
                wanted.stream()
                    .map(row -> services.store().replays().count(row, actions(row)))
                    .toList())
        .compose(matched -> exchange.blocking(() -> begun(wanted, matched)));
  }

  /** All or none: who asks again after a 409 replays nothing twice. */
  private Answer begun(List<ReplayRow> wanted, List<Long> matched) {
    List<ReplayRow> begun =
        services
            .store()
            .writer()
            .apply(
                session -> {
                  List<ReplayRow> rows = new ArrayList<>();
                  for (int i = 0; i < wanted.size(); i++) {
                    Optional<ReplayRow> row =
                        ReplayChanges.begin(wanted.get(i), matched.get(i)).apply(session);
                    long subscription = wanted.get(i).subscription();
                    rows.add(row.orElseThrow(() -> underWay(subscription)));
                  }
                  return rows;
                })
            .join();
    begun.forEach(services.dispatcher()::replayMany);
    ArrayNode rows = JsonMapper.shared().createArrayNode();
    // Said without another look: it has begun, whatever becomes of a read.
    begun.forEach(row -> rows.add(row(row, NOTHING_YET)));
    return Answer.json(202, rows);
  }

  private static Refusal underWay(long subscription) {
    return new Refusal(
        409,
        "subscription - "
            + subscription
            + " has a replay under way; wait for it, or cancel it with DELETE /v1/replays/<id>");
  }

  private List<Subscription> targets(Fields fields, Principal asker) {
    JsonNode id = fields.node().path("subscription");
    String application = Fields.orNull(fields.text("application"));
    if (fields.has("subscription") && !id.isIntegralNumber()) {
      throw new Refusal(400, "subscription - got " + id + ", allowed: an integer");
    }
    if (application != null && !asker.actsFor(application)) {
      throw new Refusal(403, "application - the token is not for " + application);
    }
    List<Subscription> found =
        services.registry().subscriptions().stream()
            .filter(s -> asker.actsFor(s.application()))
            .filter(s -> application == null || s.application().equals(application))
            .filter(s -> !fields.has("subscription") || s.id() == id.longValue())
            .toList();
    if (found.isEmpty()) {
      throw new Refusal(404, "subscription - there is none that this is for");
    }
    return found;
  }

  private static ReplayRow wanted(Fields fields, long subscription, long now) {
    String of = fields.text("state").orElse("dead");
    if (!of.equals("dead") && !of.equals("delivered")) {
      throw new Refusal(400, "state - got " + of + ", allowed: dead, delivered");
    }
    return new ReplayRow(
        0,
        subscription,
        ReplayRow.State.RUNNING,
        DeliveryRow.State.of(of),
        Fields.orNull(fields.text("action")),
        time(fields, "from"),
        time(fields, "to"),
        events(fields),
        fields.integer("per_second", 1, MOST_PER_SECOND, PER_SECOND),
        fields.integer("limit", 1, Integer.MAX_VALUE, Integer.MAX_VALUE),
        0,
        0,
        0,
        now,
        null);
  }

  private static @Nullable Long time(Fields fields, String name) {
    String text = Fields.orNull(fields.text(name));
    try {
      return text == null ? null : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new Refusal(
          400, name + " - got " + text + ", allowed: a time such as 2026-01-31T12:00:00Z");
    }
  }

  private static @Nullable List<Long> events(Fields fields) {
    JsonNode all = fields.node().path("events");
    if (!fields.has("events")) {
      return null;
    }
    boolean ids = all.isArray() && !all.isEmpty() && all.size() <= MOST_EVENTS;
    List<Long> found = new ArrayList<>();
    for (JsonNode id : all) {
      ids = ids && id.isIntegralNumber() && id.canConvertToLong() && id.longValue() > 0;
      found.add(id.longValue(0));
    }
    if (!ids) {
      throw new Refusal(400, "events - allowed: 1 to " + MOST_EVENTS + " ids of events");
    }
    return found;
  }

  private @Nullable List<Long> actions(ReplayRow row) {
    String action = row.action();
    return action == null ? null : services.registry().matching(new ActionPattern(action));
  }

  private Future<Answer> list(Exchange exchange) {
    Principal asker = exchange.principal();
    Paging paging = Paging.of(exchange);
    String application =
        asker instanceof Principal.Application a ? a.name() : exchange.query("application");
    return exchange.listing(
        () -> {
          List<ReplayRow> found =
              services.store().replays().list(application, paging.size(), paging.offset());
          List<ObjectNode> rows = rows(found);
          return paging.answer(
              exchange.context().request(), rows, services.store().replays().count(application));
        });
  }

  private Future<Answer> one(Exchange exchange) {
    Principal asker = exchange.principal();
    long id = exchange.pathId();
    return exchange.listing(() -> Answer.json(200, row(known(id, asker))));
  }

  private Future<Answer> cancel(Exchange exchange) {
    Principal asker = exchange.principal();
    long id = exchange.pathId();
    return exchange.blocking(
        () -> {
          known(id, asker);
          services.store().writer().apply(ReplayChanges.end(id, ReplayRow.State.CANCELLED)).join();
          return Answer.json(200, row(known(id, asker)));
        });
  }

  private ReplayRow known(long id, Principal asker) {
    return services
        .store()
        .replays()
        .find(id)
        .filter(row -> asker.actsFor(services.store().replays().subscriber(row)))
        .orElseThrow(() -> new Refusal(404, "replay - there is no " + id));
  }

  private ObjectNode row(ReplayRow row) {
    return rows(List.of(row)).get(0);
  }

  private List<ObjectNode> rows(List<ReplayRow> rows) {
    Map<Long, ReplayRow.Counts> counts =
        services.store().replays().counts(rows.stream().map(ReplayRow::id).toList());
    return rows.stream().map(r -> row(r, counts.getOrDefault(r.id(), NOTHING_YET))).toList();
  }

  private static ObjectNode row(ReplayRow row, ReplayRow.Counts counts) {
    boolean running = row.state() == ReplayRow.State.RUNNING;
    ObjectNode shown =
        Rows.object()
            .put("replay", row.id())
            .put("subscription", row.subscription())
            .put("state", row.state().text())
            .put("of", row.of().text())
            .put("per_second", row.perSecond())
            .put("matched", row.matched())
            .put("replayed", row.replayed())
            .put("remaining", running ? Math.max(0, row.matched() - row.replayed()) : 0)
            .put("delivered", counts.delivered())
            .put("failed", counts.failed())
            .put("open", counts.open())
            .put("timestamped", Rows.time(row.timestamped()))
            .put("ended", row.endedAt() == null ? null : Rows.time(row.endedAt()));
    if (row.isCapped() || counts.isCapped()) {
      shown.put("capped", true);
    }
    return shown;
  }
}
