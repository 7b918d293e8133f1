package io.amebobridge.server.http;

import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.EventSchema;
import io.amebobridge.server.registry.Refusal;
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
    routes.get("/v1/actions", this::list);
    routes.get("/v1/actions/:action", this::one);
    routes.post("/v1/actions", MOST_BODY, this::add);
    routes.put("/v1/actions/:action", MOST_BODY, this::change);
  }

  private Future<Answer> list(Exchange exchange) {
    exchange.principal();
    Paging paging = Paging.of(exchange);
    Long id = exchange.number("id");
    String name = exchange.query("action");
    String application = exchange.query("application");
    String schemata = exchange.query("schemata");
    Long since = exchange.time("timeline");
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
    exchange.principal();
    return Future.succeededFuture(Answer.json(200, Rows.action(known(exchange))));
  }

  private Future<Answer> add(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    Fields fields = exchange.fields();
    return changed(
            exchange,
            () ->
                services
                    .registrar()
                    .action(
                        fields.name("action"),
                        fields.required("application"),
                        fields.document("schemata"),
                        asker.orElse(null),
                        fields.secret().orElse(null)))
        .map(added -> Answer.json(201, Rows.action(added)));
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
    Fields fields = exchange.fields();
    Action action = known(exchange);
    services
        .registrar()
        .authorised(
            action.application(),
            asker.orElse(null),
            fields.secret().orElse(null),
            401,
            "secret - is not that of application ");
    return changed(exchange, () -> replace(action, fields))
        .map(changed -> Answer.json(200, Rows.action(changed)));
  }

  private CompletableFuture<Action> replace(Action action, Fields fields) {
    EventSchema schema = EventSchema.check(fields.document("schemata"));
    List<String> narrower = SchemaChange.narrower(action.schema().text(), schema.text());
    if (!narrower.isEmpty() && !fields.flag("force", false)) {
      throw new Refusal(
          409,
          "schemata - refuses payloads that were allowed: "
              + String.join("; ", narrower)
              + " (send force: true to change it all the same)");
    }
    return services.registry().changeAction(action, schema);
  }

  private Action known(Exchange exchange) {
    return services
        .registry()
        .action(exchange.path("action"))
        .orElseThrow(() -> new Refusal(404, "action - there is no " + exchange.path("action")));
  }
}
