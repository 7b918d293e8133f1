package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.ActionChange;
import io.amebobridge.server.registry.EventSchema;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Retention;
import io.amebobridge.server.registry.SchemaChange;
import io.amebobridge.server.security.Principal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** Actions and their schemas. */
final class ActionRoutes {
  private static final int MOST_BODY = 1 << 20;
  private final Services services;

  ActionRoutes(Services services) {
    this.services = services;
  }

  void on(Routes routes) {
    Shape schemata =
        Shape.any().says("A JSON Schema, as an object or as its text; Draft 7 unless it says.");
    routes
        .get("/v1/actions", this::list)
        .says("Actions", "Lists actions.")
        .by(Access.TOKEN)
        .query("id", Shape.integer(), "Its id.")
        .query("action", Shape.text(), "Its name.")
        .query("application", Shape.text(), "Its owner.")
        .query("schemata", Shape.text(), "Occurs in its schema.")
        .query("timeline", Shape.text(), "Registered since: a time, or today, week, month.")
        .paged("Action");
    routes
        .get("/v1/actions/:action", this::one)
        .says("Actions", "Answers one action.")
        .by(Access.TOKEN)
        .in("action", Shape.text(), "Its name.")
        .answers(200, "The action.", Shape.ref("Action"))
        .refuses(404, "There is no such action.");
    routes
        .post("/v1/actions", MOST_BODY, this::add)
        .says("Actions", "Registers an action with its schema.")
        .by(Access.SECRET_OR_TOKEN)
        .takes(
            Shape.object()
                .with("action", Shape.text().longest(255))
                .with("application", Shape.text())
                .with("schemata", schemata)
                .maybe("retention", Shapes.retention())
                .maybe("secret", Shape.text().says("The application's.")))
        .answers(201, "Registered.", Shape.ref("Action"))
        .refuses(426, "The action is registered already.");
    routes
        .put("/v1/actions/:action", MOST_BODY, this::change)
        .says("Actions", "Changes an action's schema, its retention, or both.")
        .more("A schema that refuses payloads which were allowed is refused without force.")
        .by(Access.SECRET_OR_TOKEN)
        .in("action", Shape.text(), "Its name.")
        .takes(
            Shape.object()
                .maybe("schemata", schemata)
                .maybe("retention", Shapes.retention())
                .maybe("force", Shape.flag().otherwise(false))
                .maybe("secret", Shape.text().says("The application's.")))
        .answers(200, "Changed.", Shape.ref("Action"))
        .refuses(404, "There is no such action.")
        .refuses(409, "The schema refuses payloads that were allowed.");
  }

  private Future<Answer> list(Exchange exchange) {
    Paging paging = Paging.of(exchange);
    Long id = exchange.number("id");
    String name = exchange.query("action");
    String application = exchange.query("application");
    String schemata = exchange.query("schemata");
    Long since = exchange.since("timeline", services.config().clock());
    List<Action> found =
        services.registry().actions().stream()
            .filter(a -> id == null || a.id() == id)
            .filter(a -> name == null || a.name().equals(name))
            .filter(a -> application == null || a.application().equals(application))
            .filter(a -> schemata == null || a.schema().text().contains(schemata))
            .filter(a -> since == null || a.timestamped() >= since)
            .sorted(Comparator.comparingLong(Action::id))
            .toList();
    List<ObjectNode> rows = paging.of(found).stream().map(Rows::action).toList();
    return Future.succeededFuture(paging.answer(exchange.context().request(), rows, found.size()));
  }

  private Future<Answer> one(Exchange exchange) {
    return Future.succeededFuture(Answer.json(200, Rows.action(known(exchange))));
  }

  private Future<Answer> add(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    return exchange
        .fieldsAside()
        .compose(fields -> changed(exchange, () -> add(fields, asker)))
        .map(added -> Answer.json(201, Rows.action(added)));
  }

  private CompletableFuture<Action> add(Fields fields, Optional<Principal> asker) {
    return services
        .registrar()
        .action(
            fields.required("action"),
            fields.required("application"),
            fields.document("schemata"),
            fields.retention().orElse(Retention.forever()),
            asker.orElse(null),
            fields.secret().orElse(null));
  }

  /** Compiling a schema takes too long for an event loop. */
  private static Future<Action> changed(
      Exchange exchange, Callable<CompletableFuture<Action>> change) {
    Context context = exchange.context().vertx().getOrCreateContext();
    return exchange.blocking(change).compose(stored -> Future.fromCompletionStage(stored, context));
  }

  /** A schema that refuses what the one before took breaks its publishers: only with force. */
  private Future<Answer> change(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    Action action = known(exchange);
    asker.ifPresent(who -> authorise(action, asker, Optional.empty()));
    return exchange
        .fieldsAside()
        .compose(
            fields -> {
              authorise(action, asker, fields.secret());
              return changed(exchange, () -> replace(action, fields));
            })
        .map(changed -> Answer.json(200, Rows.action(changed)));
  }

  private void authorise(Action action, Optional<Principal> asker, Optional<Secret> secret) {
    services
        .registrar()
        .authorised(
            action.application(),
            asker.orElse(null),
            secret.orElse(null),
            401,
            "secret - is not that of application ");
  }

  private CompletableFuture<Action> replace(Action action, Fields fields) {
    Optional<Retention> retention = fields.retention();
    if (retention.isPresent() && !fields.has("schemata")) {
      return services
          .registry()
          .changeAction(action, new ActionChange(null, null, retention.get()));
    }
    EventSchema schema = EventSchema.check(fields.document("schemata"));
    String before = action.schema().text();
    boolean force = fields.flag("force", false);
    List<String> narrower = force ? List.of() : SchemaChange.narrower(before, schema.text());
    if (!narrower.isEmpty()) {
      throw new Refusal(
          409,
          "schemata - refuses payloads that were allowed: "
              + String.join("; ", narrower)
              + " (send force: true to change it all the same)");
    }
    return services
        .registry()
        .changeAction(
            action, new ActionChange(schema, force ? null : before, retention.orElse(null)));
  }

  private Action known(Exchange exchange) {
    return services
        .registry()
        .action(exchange.path("action"))
        .orElseThrow(() -> new Refusal(404, "action - there is no " + exchange.path("action")));
  }
}
