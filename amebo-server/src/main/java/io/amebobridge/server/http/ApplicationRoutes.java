package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.ApplicationChange;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Keys;
import io.amebobridge.server.security.Principal;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
    routes.post("/v1/applications/:id/rotate", this::rotate);
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
    @Nullable Duration grace = grace(fields);
    if (asker.isEmpty() && grace != null) {
      throw new Refusal(401, "grace_seconds - needs a bearer token from POST /v1/tokens");
    }
    @Nullable Secret fresh = asker.isPresent() ? secret.orElse(null) : null;
    return Future.fromCompletionStage(
            services.registrar().change(application, new ApplicationChange(address, fresh, grace)),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(202, null));
  }

  /** A new secret that we make and show this once. */
  private Future<Answer> rotate(Exchange exchange) {
    Principal asker = exchange.principal();
    @Nullable Duration grace = exchange.body().length == 0 ? null : grace(exchange.fields());
    String name = exchange.path("id");
    Application application =
        services.registrar().authorised(name, asker, null, 404, "secret - is not that of ");
    Secret fresh = Keys.webhookSecret();
    return Future.fromCompletionStage(
            services.registrar().change(application, new ApplicationChange(null, fresh, grace)),
            exchange.context().vertx().getOrCreateContext())
        .map(changed -> rotated(changed, fresh));
  }

  private static Answer rotated(Application changed, Secret fresh) {
    Application.Previous previous = changed.previous();
    return Answer.json(
            200,
            Rows.object()
                .put("application", changed.name())
                .put("secret", fresh.reveal())
                .put("previous_until", previous == null ? null : Rows.time(previous.until())))
        .with(Map.of("Cache-Control", "no-store"));
  }

  private static @Nullable Duration grace(Fields fields) {
    int longest = (int) ApplicationChange.LONGEST_GRACE.toSeconds();
    return fields.has("grace_seconds")
        ? Duration.ofSeconds(fields.integer("grace_seconds", 0, longest, 0))
        : null;
  }
}
