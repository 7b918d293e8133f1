package io.amebobridge.server.http;

import io.amebobridge.server.delivery.Replay;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.DeliveryFilter;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryView;
import io.amebobridge.server.store.LogEvent;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Deliveries, which the wire calls gists, and their replay. */
final class DeliveryRoutes {
  private final Services services;

  DeliveryRoutes(Services services) {
    this.services = services;
  }

  void on(Routes routes) {
    routes
        .get("/v1/gists", this::list)
        .says("Deliveries", "Lists deliveries; an application's token shows its own.")
        .by(Access.TOKEN)
        .query("id", Shape.integer(), "Its id.")
        .query("completed", Shape.text(), "true or 1: delivered; else not.")
        .query("status", states(), "Its state.")
        .query("state", states(), "The same as status.")
        .query("action", Shape.text(), "Its event's action.")
        .query("application", Shape.text(), "The subscriber.")
        .query("subscription", Shape.integer(), "Its subscription.")
        .query("event", Shape.integer(), "Its event.")
        .query("from", Shape.time(), "Last tried at or after.")
        .query("to", Shape.time(), "Last tried before.")
        .paged("Delivery");
    routes
        .get("/v1/gists/:id", this::one)
        .says("Deliveries", "Answers one delivery, with what its receiver answered.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .answers(200, "The delivery.", Shape.ref("DeliveryDetail"))
        .refuses(404, "There is no such delivery.");
    routes
        .post("/v1/regists/:id", this::replay)
        .says("Deliveries", "Delivers once more, now.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "The delivery's id.")
        .answers(202, "The receiver took it.", Shape.ref("Replay"))
        .answers(502, "The receiver refused it.", Shape.ref("Replay"))
        .answers(
            503,
            "The receiver was not reached, or the server cannot just now.",
            Shape.either(Shape.ref("Replay"), Shape.ref("Error")))
        .refuses(404, "There is no such delivery.")
        .refuses(409, "Its subscription is paused.");
  }

  private static Shape states() {
    return Shape.oneOf("delivered", "retrying", "waiting", "dead");
  }

  private Future<Answer> list(Exchange exchange) {
    Principal principal = exchange.principal();
    Paging paging = Paging.of(exchange);
    DeliveryFilter filter = filter(exchange, principal);
    return exchange.listing(
        () -> {
          List<ObjectNode> rows =
              services.store().deliveries().list(filter, paging.size(), paging.offset()).stream()
                  .map(Rows::delivery)
                  .toList();
          return paging.answer(
              exchange.context().request(),
              rows,
              services.store().deliveries().count(filter, Paging.MOST_COUNTED + 1));
        });
  }

  private Future<Answer> one(Exchange exchange) {
    Principal principal = exchange.principal();
    long id = exchange.pathId();
    return exchange.blocking(
        () -> {
          DeliveryView view =
              services
                  .store()
                  .deliveries()
                  .find(id)
                  .filter(found -> principal.actsFor(found.subscriber()))
                  .orElseThrow(() -> new Refusal(404, "gist - there is no delivery " + id));
          ObjectNode row = Rows.delivery(view);
          row.put("response", services.store().deliveries().response(id).orElse(null));
          services
              .store()
              .events()
              .find(view.row().event())
              .ifPresent(event -> row.put("published", Rows.time(event.timestamped())));
          return Answer.json(200, row);
        });
  }

  private static DeliveryFilter filter(Exchange exchange, Principal principal) {
    String subscriber = exchange.query("application");
    if (principal instanceof Principal.Application application) {
      subscriber = application.name(); // its own, whatever it asks for
    }
    String status = exchange.query("status");
    return new DeliveryFilter(
        exchange.number("id"),
        completed(exchange.query("completed")),
        state(status != null ? status : exchange.query("state")),
        exchange.query("action"),
        subscriber,
        exchange.number("subscription"),
        exchange.number("event"),
        exchange.time("from"),
        exchange.time("to"));
  }

  private static @Nullable Boolean completed(@Nullable String text) {
    return text == null ? null : text.equalsIgnoreCase("true") || text.equals("1");
  }

  private static DeliveryRow.@Nullable State state(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return DeliveryRow.State.of(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          400, "state - got " + text + ", allowed: delivered, retrying, waiting, dead");
    }
  }

  private Future<Answer> replay(Exchange exchange) {
    Principal principal = exchange.principal();
    long id = exchange.pathId();
    return exchange
        .blocking(() -> known(id, principal))
        .compose(
            delivery ->
                services
                    .dispatcher()
                    .replay(delivery.event(), delivery.view().row())
                    .orElseThrow(() -> gone(id)))
        .map(done -> answer(id, done));
  }

  private record Known(DeliveryView view, LogEvent event) {}

  private Known known(long id, Principal principal) {
    DeliveryView view =
        services
            .store()
            .deliveries()
            .find(id)
            .filter(found -> principal.actsFor(found.subscriber()))
            .orElseThrow(() -> gone(id));
    if (services.registry().subscription(view.row().subscription()).stream()
        .anyMatch(Subscription::paused)) {
      throw new Refusal(409, "gist - its subscription is paused; resume it first");
    }
    Optional<LogEvent> event = services.store().events().find(view.row().event());
    return new Known(view, event.orElseThrow(() -> gone(id)));
  }

  private static Refusal gone(long id) {
    return new Refusal(404, "gist - there is no delivery " + id + ", or its subscription is gone");
  }

  private static Answer answer(long id, Replay replay) {
    ObjectNode body = Rows.object().put("gist", id).put("proxied", replay.delivered());
    if (replay.delivered()) {
      return Answer.json(202, body);
    }
    return Answer.json(replay.status() == null ? 503 : 502, body.put("error", replay.error()));
  }
}
