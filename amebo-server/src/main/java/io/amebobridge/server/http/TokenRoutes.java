package io.amebobridge.server.http;

import io.amebobridge.client.Secret;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.security.Tokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Tokens for the administrator and for applications. */
final class TokenRoutes {
  private static final int MOST_BODY = 16 << 10;
  // bcrypt is slow on purpose: a flood of guesses must not take the threads that serve others.
  private static final Semaphore ROOM = new Semaphore(8);
  private static final String COOKIE = "The token as Authentication, for the pages only.";
  private final Services services;
  private final Limits limits;
  private final WorkerExecutor passwords;

  TokenRoutes(Services services, Limits limits, Vertx vertx) {
    this.services = services;
    this.limits = limits;
    this.passwords = vertx.createSharedWorkerExecutor("amebo-passwords", 2);
  }

  void on(Routes routes) {
    issued(routes.post("/v1/tokens", MOST_BODY, this::issue), "Issues a token.");
    issued(routes.post("/v8/tokens", MOST_BODY, this::issue), "The same as /v1/tokens.");
    routes
        .post("/v1/tokens/refresh", this::refresh)
        .says("Tokens", "Issues a new token for one that has not expired.")
        .by(Access.TOKEN)
        .answers(202, "A token.", Shape.ref("Token"))
        .header(202, "Set-Cookie", COOKIE);
  }

  private static void issued(Endpoint endpoint, String says) {
    Shape person =
        Shape.object()
            .with("username", Shape.text())
            .with("password", Shape.text())
            .maybe("scheme", Shape.text().says("Ignored."));
    Shape service =
        Shape.object()
            .with("application", Shape.text())
            .with("secret", Shape.text())
            .maybe("scheme", Shape.text().says("Ignored."));
    endpoint
        .says("Tokens", says)
        .more("For the administrator by password, for an application by its secret.")
        .by(Access.ANYONE)
        .takes(Shape.either(person, service))
        .answers(202, "A token.", Shape.ref("Token"))
        .header(202, "Set-Cookie", COOKIE)
        .refuses(401, "The password or the secret is wrong.");
  }

  private Future<Answer> issue(Exchange exchange) {
    Fields fields = exchange.fields();
    if (fields.has("application")) {
      return Future.succeededFuture(answer(exchange, application(exchange, fields)));
    }
    String username = fields.required("username");
    Secret password = Secret.of(fields.required("password"));
    return login(exchange, username, password).map(issued -> answer(exchange, issued));
  }

  /** Checks the administrator's password. */
  Future<Tokens.Issued> login(Exchange exchange, String username, Secret password) {
    Guesses.Guess guess = limits.password(exchange.context(), username);
    if (!ROOM.tryAcquire()) {
      guess.takeBack().run();
      throw new Refusal(429, "too many logins at once");
    }
    return passwords
        .executeBlocking(() -> services.admin().accepts(username, password), false)
        .onComplete(done -> ROOM.release())
        .onFailure(notCompared -> guess.takeBack().run())
        .map(
            accepted -> {
              if (!accepted) {
                throw new Refusal(401, "username - or the password is wrong");
              }
              guess.takeBack().run();
              return services.tokens().issue(new Principal.Admin(), password);
            });
  }

  private Tokens.Issued application(Exchange exchange, Fields fields) {
    String name = fields.required("application");
    Guesses.Guess guess = limits.secret(exchange.context(), name);
    Secret secret = Secret.of(fields.required("secret"));
    if (services.registry().application(name).filter(a -> a.accepts(secret)).isEmpty()) {
      throw new Refusal(401, "application - or its secret is wrong");
    }
    guess.takeBack().run();
    return services.tokens().issue(new Principal.Application(name), secret);
  }

  private Future<Answer> refresh(Exchange exchange) {
    exchange.principal();
    return Future.succeededFuture(
        answer(
            exchange,
            services
                .tokens()
                .refresh(exchange.bearerToken().orElseThrow())
                .orElseThrow(
                    () ->
                        new Refusal(
                            401,
                            "Authorization - the session began more than "
                                + Tokens.SESSION.toHours()
                                + " hours ago: log in again at POST /v1/tokens"))));
  }

  private static Answer answer(Exchange exchange, Tokens.Issued issued) {
    String token = issued.token();
    long seconds = issued.lifetime().toSeconds();
    return Answer.json(202, Rows.object().put("token", token).put("expires_in", seconds))
        .with(Map.of("Cache-Control", "no-store", "Set-Cookie", cookie(exchange, token, seconds)));
  }

  /** A token as the cookie of the pages. */
  static String cookie(Exchange exchange, Tokens.Issued issued) {
    return cookie(exchange, issued.token(), issued.lifetime().toSeconds());
  }

  static String noCookie(Exchange exchange) {
    return cookie(exchange, "", 0);
  }

  private static String cookie(Exchange exchange, String token, long seconds) {
    return "Authentication="
        + token
        + "; Path=/; Max-Age="
        + seconds
        + "; HttpOnly; SameSite=Strict"
        + (exchange.isTls() ? "; Secure" : "");
  }
}
