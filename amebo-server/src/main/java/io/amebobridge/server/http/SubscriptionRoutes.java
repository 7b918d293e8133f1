package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.registry.SubscriptionChange;
import io.amebobridge.server.security.Principal;
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
    routes
        .get("/v1/subscriptions", this::list)
        .says("Subscriptions", "Lists subscriptions; an application's token shows its own.")
        .by(Access.TOKEN)
        .query("id", Shape.integer(), "Its id.")
        .query("application", Shape.text(), "The subscriber.")
        .query("action", Shape.text(), "Its action or pattern, as it was given.")
        .query("endpoint", Shape.text(), "Occurs in its URL.")
        .query("description", Shape.text(), "Occurs in its description.")
        .query("timeline", Shape.text(), "Registered since: a time, or today, week, month.")
        .paged("Subscription");
    routes
        .get("/v1/subscriptions/:id", this::one)
        .says("Subscriptions", "Answers one subscription.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .answers(200, "The subscription.", Shape.ref("Subscription"))
        .refuses(403, "It is another application's.")
        .refuses(404, "There is no such subscription.");
    routes
        .post("/v1/subscriptions", MOST_BODY, this::add)
        .says("Subscriptions", "Subscribes a webhook to an action, or to a pattern of actions.")
        .by(Access.SECRET_OR_TOKEN)
        .takes(wanted())
        .answers(201, "Subscribed.", Shape.ref("Subscription"))
        .refuses(417, "The secret is wrong, or there is no such application.")
        .refuses(426, "There is one already, or the action is not registered.")
        .refuses(507, "As many subscriptions were made as there can ever be.");
    routes
        .put("/v1/subscriptions/:id", MOST_BODY, this::change)
        .says("Subscriptions", "Changes a subscription; what is not sent stays.")
        .by(Access.SECRET_OR_TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .takes(changes(Shape.object()))
        .answers(200, "Changed.", Shape.ref("Subscription"))
        .refuses(404, "There is no such subscription.")
        .refuses(417, "The secret is wrong.")
        .refuses(426, "Another subscription has the handler already.");
    routes
        .delete("/v1/subscriptions/:id", this::remove)
        .says("Subscriptions", "Ends a subscription.")
        .by(Access.TOKEN)
        .in("id", Shape.integer(), "Its id.")
        .empty(204, "Ended.")
        .refuses(403, "It is another application's.")
        .refuses(404, "There is no such subscription.");
  }

  private static Shape wanted() {
    return changes(
            Shape.object()
                .with("application", Shape.text())
                .with("action", Shape.text().says("An action, or a pattern such as user.*"))
                .with("handler", handlerShape()))
        .maybe("start", Starts.shape(true));
  }

  private static Shape changes(Shape shape) {
    return shape
        .maybe("handler", handlerShape())
        .maybe("description", Shape.text())
        .maybe("max_retries", Shape.integer().from(1, Subscription.MOST_RETRIES))
        .maybe("envelope", Shape.flag().says("Whether the body is an envelope. Default false."))
        .maybe("passphrase", Shape.flag().says("Whether X-PASS-Phrase is sent. Default true."))
        .maybe("ordered", Shape.flag().says("Whether a key's events go one by one. Default false."))
        .maybe("secret", Shape.text().says("The application's."));
  }

  private static Shape handlerShape() {
    return Shape.text().says("A path below the application's address, or an http or https URL.");
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
    Long since = exchange.since("timeline", services.config().clock());
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
            fields.required("action"),
            fields.required("handler"),
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
              return Answer.json(201, row).unkept();
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
    String handler = fields.has("handler") ? fields.required("handler") : null;
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

  void authorise(Subscription subscription, Optional<Principal> asker, Optional<Secret> secret) {
    services
        .registrar()
        .authorised(
            subscription.application(),
            asker.orElse(null),
            secret.orElse(null),
            417,
            "secret - is not that of application ");
  }

  Subscription known(Exchange exchange) {
    return services
        .registry()
        .subscription(exchange.pathId())
        .orElseThrow(() -> new Refusal(404, "subscription - there is no " + exchange.path("id")));
  }

  ObjectNode row(Subscription subscription) {
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
