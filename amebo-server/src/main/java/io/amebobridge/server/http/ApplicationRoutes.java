package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Principal;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applications. */
final class ApplicationRoutes {
  private static final int MOST_BODY = 64 << 10;
  private final Services services;

  ApplicationRoutes(Services services) {
    this.services = services;
  }

  void on(Routes routes) {
    routes.get("/v1/applications", this::list);
    routes.post("/v1/applications", MOST_BODY, this::add);
    routes.put("/v1/applications/:id", MOST_BODY, this::change);
  }

  private Future<Answer> list(Exchange exchange) {
    exchange.principal();
    Paging paging = Paging.of(exchange);
    String name = exchange.query("application");
    String address = exchange.query("address");
    Long since = exchange.time("timeline");
    List<Application> found =
        services.registry().applications().stream()
            .filter(a -> name == null || a.name().equals(name))
            .filter(a -> address == null || a.address().contains(address))
            .filter(a -> since == null || a.timestamped() >= since)
            .sorted(Comparator.comparingLong(Application::id))
            .toList();
    return Future.succeededFuture(
        paging.answer(
            exchange.context().request(),
            paging.of(found).stream().map(Rows::application).toList(),
            found.size()));
  }

  private Future<Answer> add(Exchange exchange) {
    if (!(exchange.principal() instanceof Principal.Admin)) {
      throw new Refusal(403, "application - only the administrator registers applications");
    }
    Fields fields = exchange.fields();
    String name = fields.name("application");
    String address = Fields.url("address", fields.required("address"));
    Secret secret = fields.secret().orElseThrow(() -> new Refusal(400, "secret - is required"));
    return Future.fromCompletionStage(
            services.registrar().application(name, address, secret),
            exchange.context().vertx().getOrCreateContext())
        .map(
            added ->
                Answer.json(
                    201,
                    Rows.object()
                        .put("name", added.name())
                        .put("application", added.name())
                        .put("address", added.address())
                        .put("secret", secret.reveal()) // this once
                        .put("timestamped", Rows.time(added.timestamped()))));
  }

  /** With a token both may change; without one, the current secret lets the address change. */
  private Future<Answer> change(Exchange exchange) {
    Optional<Principal> asker = exchange.bearer();
    Fields fields = exchange.fields();
    Optional<Secret> secret = fields.secret();
    Application application =
        services
            .registrar()
            .authorised(
                exchange.path("id"),
                asker.orElse(null),
                secret.orElse(null),
                asker.isPresent() ? 404 : 401,
                "secret - is not that of application ");
    @Nullable String address =
        Fields.orNull(fields.text("location").map(url -> Fields.url("location", url)));
    @Nullable Secret fresh = asker.isPresent() ? secret.orElse(null) : null;
    return Future.fromCompletionStage(
            services.registrar().change(application, address, fresh),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(202, null));
  }
}
