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
    Shape grace =
        Shape.integer().says("How long the secret before stays good; a day unless it is said.");
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
                .maybe("secret", Shape.text().says("With a token the new one, else the current."))
                .maybe("grace_seconds", grace))
        .answers(202, "Changed.", Shape.nothing())
        .refuses(404, "There is no such application.");
    routes
        .post("/v1/applications/:id/rotate", this::rotate)
        .says("Applications", "Makes a new secret and shows it, this once.")
        .more("Webhooks are signed with both secrets until the grace ends.")
        .by(Access.TOKEN)
        .in("id", Shape.text(), "Its name.")
        .mayTake(Shape.object().maybe("grace_seconds", grace))
        .answers(200, "Rotated.", Shape.ref("RotatedSecret"))
        .refuses(403, "The token is another application's.")
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
                            .put("timestamped", Rows.time(added.timestamped())))
                    .unkept());
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
        .unkept();
  }

  private static @Nullable Duration grace(Fields fields) {
    int longest = (int) ApplicationChange.LONGEST_GRACE.toSeconds();
    return fields.has("grace_seconds")
        ? Duration.ofSeconds(fields.integer("grace_seconds", 0, longest, 0))
        : null;
  }
}
