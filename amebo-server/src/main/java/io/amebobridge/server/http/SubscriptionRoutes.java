package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Start;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.registry.SubscriptionChange;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.store.Change;
import io.amebobridge.server.store.Rewind;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Subscriptions. */
final class SubscriptionRoutes {
  private static final int MOST_BODY = 64 << 10;
  private final Services services;

  SubscriptionRoutes(Services services) {
    this.services = services;
  }

  void on(Routes routes) {
    routes.get("/v1/subscriptions", this::list);
    routes.get("/v1/subscriptions/:id", this::one);
    routes.post("/v1/subscriptions", MOST_BODY, this::add);
    routes.put("/v1/subscriptions/:id", MOST_BODY, this::change);
    routes.delete("/v1/subscriptions/:id", this::remove);
    routes.post("/v1/subscriptions/:id/pause", exchange -> pause(exchange, true));
    routes.post("/v1/subscriptions/:id/resume", exchange -> pause(exchange, false));
    routes.post("/v1/subscriptions/:id/rewind", MOST_BODY, this::rewind);
  }

  private Future<Answer> list(Exchange exchange) {
    // Where other applications' webhooks are is theirs to know: the URL may hold a token.
    Principal asker = exchange.principal();
    Paging paging = Paging.of(exchange);
    Long id = exchange.number("id");
    String application = exchange.query("application");
    String action = exchange.query("action");
    String endpoint = exchange.query("endpoint");
    String description = exchange.query("description");
    Long since = exchange.time("timeline");
    List<Subscription> found =
        services.registry().subscriptions().stream()
            .filter(s -> asker.actsFor(s.application()))
            .filter(s -> id == null || s.id() == id)
            .filter(s -> application == null || s.application().equals(application))
            .filter(s -> action == null || s.action().text().equals(action))
            .filter(s -> endpoint == null || endpoint(s).contains(endpoint))
            .filter(
                s -> description == null || String.valueOf(s.description()).contains(description))
            .filter(s -> since == null || s.timestamped() >= since)
            .sorted(Comparator.comparingLong(Subscription::id))
            .toList();
    return Future.succeededFuture(
        paging.answer(
            exchange.context().request(),
            paging.of(found).stream().map(this::row).toList(),
            found.size()));
  }

  private Future<Answer> one(Exchange exchange) {
    Principal asker = exchange.principal();
    Subscription known = known(exchange);
    authorise(known, Optional.of(asker), Optional.empty());
    return Future.succeededFuture(Answer.json(200, row(known)));
  }

  private Future<Answer> add(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    Fields fields = exchange.fields();
    Optional<Secret> secret = fields.secret();
    Registrar.Wish wish =
        new Registrar.Wish(
            pattern(fields),
            handler(fields.required("handler")),
            Fields.orNull(fields.text("description")),
            fields.integer(
                "max_retries", 1, Subscription.MOST_RETRIES, Subscription.DEFAULT_RETRIES),
            fields.flag("envelope", false),
            fields.flag("passphrase", true),
            fields.flag("ordered", false),
            Starts.of(fields, "start"));
    return Future.fromCompletionStage(
            services
                .registrar()
                .subscription(
                    fields.required("application"), wish, asker.orElse(null), secret.orElse(null)),
            exchange.context().vertx().getOrCreateContext())
        .map(
            added -> {
              ObjectNode row = row(added);
              secret.ifPresent(
                  value -> row.put("secret", value.reveal())); // the sender's own words
              return Answer.json(201, row);
            });
  }

  private Future<Answer> change(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    Fields fields = exchange.fields();
    Subscription before = known(exchange);
    authorise(before, asker, fields.secret());
    if (fields.has("action") && !fields.required("action").equals(before.action().text())) {
      throw new Refusal(400, "action - cannot change; make another subscription");
    }
    String handler = fields.has("handler") ? handler(fields.required("handler")) : null;
    if (handler != null) {
      services.registrar().checkHandler(handler);
    }
    SubscriptionChange wanted =
        new SubscriptionChange(
            handler,
            Fields.orNull(fields.text("description")),
            fields.has("max_retries")
                ? fields.integer("max_retries", 1, Subscription.MOST_RETRIES, 1)
                : null,
            fields.has("envelope") ? fields.flag("envelope", false) : null,
            fields.has("passphrase") ? fields.flag("passphrase", true) : null,
            fields.has("ordered") ? fields.flag("ordered", false) : null,
            null);
    return Future.fromCompletionStage(
            services.registry().changeSubscription(before, wanted),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(200, row(done)));
  }

  private Future<Answer> remove(Exchange exchange) {
    Principal asker = exchange.principal();
    Subscription known = known(exchange);
    authorise(known, Optional.of(asker), Optional.empty());
    return Future.fromCompletionStage(
            services.registry().removeSubscription(known),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.empty(204));
  }

  private Future<Answer> pause(Exchange exchange, boolean paused) {
    Principal asker = exchange.principal();
    Subscription known = known(exchange);
    authorise(known, Optional.of(asker), Optional.empty());
    return Future.fromCompletionStage(
            services.registry().changeSubscription(known, SubscriptionChange.pause(paused)),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(200, row(done)));
  }

  /** What is wanted is stored when this answers; it is done once what is in flight has ended. */
  private Future<Answer> rewind(Exchange exchange) {
    Principal asker = exchange.principal();
    Subscription known = known(exchange);
    authorise(known, Optional.of(asker), Optional.empty());
    Fields fields = exchange.fields();
    if (!fields.has("to")) {
      throw new Refusal(400, "to - is required: latest, earliest, the id of an event, or a time");
    }
    Start to = Starts.of(fields, "to");
    if (to instanceof Start.Taken) {
      throw new Refusal(400, "to - allowed: latest, earliest, the id of an event, or a time");
    }
    return exchange
        .blocking(() -> services.store().writer().apply(want(known.id(), to)).join())
        .compose(
            wanted -> {
              services.dispatcher().restart(known.id());
              return exchange.blocking(() -> rewound(known, wanted));
            });
  }

  private static Change<Rewind.Wanted> want(long subscription, Start to) {
    return session -> Rewind.want(session, subscription, to.resolve("to", session));
  }

  private Answer rewound(Subscription subscription, Rewind.Wanted wanted) {
    long passed =
        services
            .store()
            .deliveries()
            .unseen(
                subscription.id(),
                wanted.cursor(),
                wanted.to(),
                services.registry().matching(subscription.action()));
    return Answer.json(
        202,
        Rows.object()
            .put("subscription", subscription.id())
            .put("from", wanted.cursor())
            .put("to", wanted.to())
            .put("passed_over", passed));
  }

  private void authorise(
      Subscription subscription, Optional<Principal> asker, Optional<Secret> secret) {
    services
        .registrar()
        .authorised(
            subscription.application(),
            asker.orElse(null),
            secret.orElse(null),
            417,
            "secret - is not that of application ");
  }

  private Subscription known(Exchange exchange) {
    return services
        .registry()
        .subscription(exchange.pathId())
        .orElseThrow(() -> new Refusal(404, "subscription - there is no " + exchange.path("id")));
  }

  private static String pattern(Fields fields) {
    String action = fields.required("action");
    if (action.length() > 255 || action.chars().filter(c -> c == '*').count() > 8) {
      throw new Refusal(400, "action - allowed: up to 255 characters with up to 8 times *");
    }
    return action;
  }

  private static String handler(String handler) {
    return handler.startsWith("/") ? path(handler) : Fields.url("handler", handler);
  }

  private static String path(String handler) {
    Fields.url("handler", "http://receiver" + handler);
    return handler;
  }

  private ObjectNode row(Subscription subscription) {
    return Rows.subscription(subscription, endpoint(subscription));
  }

  private String endpoint(Subscription subscription) {
    String address =
        services
            .registry()
            .application(subscription.application())
            .map(Application::address)
            .orElse("");
    return subscription.endpoint(address);
  }
}
