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
    routes
        .get("/v1/applications", this::list)
        .says("Applications", "Lists applications.")
        .by(Access.TOKEN)
        .query("application", Shape.text(), "Its name.")
        .query("address", Shape.text(), "Occurs in its address.")
        .query("timeline", Shape.text(), "Registered since: a time, or today, week, month.")
        .paged("Application");
    routes
        .post("/v1/applications", MOST_BODY, this::add)
        .says("Applications", "Registers an application.")
        .by(Access.ADMIN)
        .takes(
            Shape.object()
                .with("application", Shape.text().longest(255))
                .with("address", Shape.text().says("An http or https URL."))
                .with("secret", Shape.text().says("16 to 512 visible ASCII characters.")))
        .answers(201, "Registered.", Shape.ref("NewApplication"))
        .refuses(406, "The name is registered already.");
    routes
        .put("/v1/applications/:id", MOST_BODY, this::change)
        .says("Applications", "Changes an application's address, and with a token its secret.")
        .by(Access.SECRET_OR_TOKEN)
        .in("id", Shape.text(), "Its name.")
        .takes(
            Shape.object()
                .maybe("location", Shape.text().says("Its new address."))
                .maybe("secret", Shape.text().says("With a token the new one, else the current.")))
        .answers(202, "Changed.", Shape.nothing())
        .refuses(404, "There is no such application.");
  }

  private Future<Answer> list(Exchange exchange) {
    Paging paging = Paging.of(exchange);
    String name = exchange.query("application");
    String address = exchange.query("address");
    Long since = exchange.since("timeline", services.config().clock());
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
    Fields fields = exchange.fields();
    String name = fields.required("application");
    String address = fields.required("address");
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
    @Nullable String address = Fields.orNull(fields.text("location"));
    @Nullable Secret fresh = asker.isPresent() ? secret.orElse(null) : null;
    return Future.fromCompletionStage(
            services.registrar().change(application, address, fresh),
            exchange.context().vertx().getOrCreateContext())
        .map(done -> Answer.json(202, null));
  }
}
