package io.amebobridge.server.http;

import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.registry.Subscription;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** For those who run the server: is it alive, is it ready, where does it stand. */
final class OperationRoutes {
  // A database needs room also to give some back.
  private static final long LEAST_ROOM = 16 << 20;
  private final Services services;
  private final Recent ready = new Recent(System::nanoTime);
  private final Recent metrics = new Recent(System::nanoTime);
  private final Readiness readiness;

  OperationRoutes(Services services) {
    this.services = services;
    this.readiness =
        new Readiness(
            List.of(
                new Readiness.Check("the disk is almost full", this::shortage),
                new Readiness.Check("the database does not answer", services.store()::trouble),
                new Readiness.Check("deliveries wait", services.dispatcher()::trouble)));
  }

  private Optional<String> shortage() {
    return shortage(services.store().room());
  }

  static Optional<String> shortage(OptionalLong room) {
    return room.isPresent() && room.getAsLong() < LEAST_ROOM
        ? Optional.of(room.getAsLong() + " bytes are left for the database")
        : Optional.empty();
  }

  void on(Routes routes) {
    Shape state = Shape.object().with("status", Shape.text());
    routes
        .get("/health", exchange -> ok("ok"))
        .says("Operation", "Whether the process is alive.")
        .by(Access.ANYONE)
        .answers(200, "It is.", state);
    routes
        .get("/ready", this::ready)
        .says("Operation", "Whether the database answers, has room, and deliveries run.")
        .by(Access.ANYONE)
        .answers(200, "They do.", state)
        .answers(
            503,
            "They do not.",
            Shape.object().maybe("status", Shape.text()).with("error", Shape.text()));
    routes
        .get("/metrics", this::metrics)
        .says("Operation", "Metrics for Prometheus.")
        .by(Access.ANYONE)
        .answers(200, "Metrics.", "text/plain");
    routes
        .get("/v1/status", this::status)
        .says("Operation", "What this server is, and where it stands.")
        .by(Access.MORE_WITH_TOKEN)
        .answers(200, "The status.", Shape.ref("Status"));
  }

  private static Future<Answer> ok(String status) {
    return Future.succeededFuture(Answer.json(200, Rows.object().put("status", status)));
  }

  /** Who has a token sees what is now; others may ask as often as they like. */
  private Future<Answer> ready(Exchange exchange) {
    return exchange.isKnown() ? readyNow(exchange) : ready.answer(() -> readyNow(exchange));
  }

  private Future<Answer> readyNow(Exchange exchange) {
    return exchange.blocking(
        () ->
            readiness
                .reason()
                .map(
                    why ->
                        Answer.json(
                            503, Rows.object().put("status", "not ready").put("error", why)))
                .orElseGet(() -> Answer.json(200, Rows.object().put("status", "ready"))));
  }

  private Future<Answer> metrics(Exchange exchange) {
    return exchange.isKnown() ? metricsNow(exchange) : metrics.answer(() -> metricsNow(exchange));
  }

  private Future<Answer> metricsNow(Exchange exchange) {
    return exchange
        .blocking(() -> services.metrics().scrape())
        .map(text -> Answer.plain(200, text, "text/plain; version=0.0.4; charset=utf-8"));
  }

  /** What this is, for everyone; where it stands, for those with a token. */
  private Future<Answer> status(Exchange exchange) {
    ObjectNode status =
        Rows.object()
            .put("kind", "amebo-bridge")
            .put("version", services.version())
            .put("maxPayloadBytes", services.config().maxPayloadBytes());
    if (exchange.bearer().isEmpty()) {
      return Future.succeededFuture(Answer.json(200, status));
    }
    return exchange.blocking(
        () -> {
          Map<Long, Dispatcher.Standing> standings = services.dispatcher().standings();
          services.dispatcher().instance().ifPresent(name -> status.put("instance", name));
          status.put("events", services.store().events().head());
          ArrayNode subscriptions = status.putArray("subscriptions");
          services
              .registry()
              .subscriptions()
              .forEach(s -> subscriptions.add(standing(s, standings.get(s.id()))));
          return Answer.json(200, status);
        });
  }

  private static ObjectNode standing(
      Subscription subscription, Dispatcher.@Nullable Standing standing) {
    ObjectNode row =
        Rows.object()
            .put("subscription", subscription.id())
            .put("application", subscription.application())
            .put("action", subscription.action().text());
    if (standing != null) {
      row.put("cursor", standing.cursor())
          .put("lag", standing.lag())
          .put("retrying", standing.retrying())
          .put("dead", standing.dead())
          .put("paused", subscription.paused());
      if (standing.here() != null) {
        row.put("window", standing.here().window())
            .put("in_flight", standing.here().inFlight())
            .put("endpoint", standing.here().endpoint())
            .put("rewinding", standing.here().rewinding());
      }
      if (standing.holder() != null) {
        row.put("holder", standing.holder());
      }
    }
    return row;
  }
}
