package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.security.Tokens;
import io.amebobridge.server.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts routes on a router: bodies, content types, errors. Confined to one event loop. */
final class Routes {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);
  private static final Set<String> JSON = Set.of("application/json");
  private static final int TEAPOT = 418;
  private static final String RETRY_SECONDS = "1";
  private static final BodyBudget BODIES = new BodyBudget(256L << 20);
  private static final BodyBudget STRANGERS_BODIES = new BodyBudget(128L << 20);
  private final Router router;
  private final Tokens tokens;
  private final SecondLook second;

  /** Answers a request; may throw a Refusal. */
  interface Route {
    Future<Answer> answer(Exchange exchange);
  }

  Routes(Router router, Tokens tokens, Registry registry) {
    this.router = router;
    this.tokens = tokens;
    this.second = new SecondLook(registry);
    router.route().failureHandler(this::failed);
  }

  void get(String path, Route route) {
    router.get(path).handler(context -> run(context, route));
  }

  void delete(String path, Route route) {
    router.delete(path).handler(context -> run(context, route));
  }

  /** A POST without a body. */
  void post(String path, Route route) {
    withBody(HttpMethod.POST, path, 64 << 10, Set.of(), route);
  }

  void post(String path, int mostBytes, Route route) {
    withBody(HttpMethod.POST, path, mostBytes, JSON, route);
  }

  void put(String path, int mostBytes, Route route) {
    withBody(HttpMethod.PUT, path, mostBytes, JSON, route);
  }

  /**
   * A route that reads a body.
   *
   * @param types the content types it takes; none: it does not look
   */
  void withBody(HttpMethod method, String path, int mostBytes, Set<String> types, Route route) {
    router.route(method, path).handler(context -> checkType(context, types));
    router.route(method, path).handler(context -> admit(context, mostBytes));
    router
        .route(method, path)
        .handler(BodyHandler.create(false).setBodyLimit(mostBytes))
        .handler(context -> run(context, route));
  }

  private void checkType(RoutingContext context, Set<String> types) {
    String header = String.valueOf(context.request().getHeader("Content-Type"));
    String type = header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (types.isEmpty() || types.contains(type)) {
      context.next();
      return;
    }
    send(
        context,
        Answer.error(
            TEAPOT, "Content-Type - got " + header + ", allowed: " + String.join(", ", types)));
  }

  private void admit(RoutingContext context, int mostBytes) {
    try {
      // Apart, so that strangers cannot use up what those with a token need.
      boolean known = new Exchange(context, tokens).isKnown();
      (known ? BODIES : STRANGERS_BODIES).take(context, mostBytes);
    } catch (Refusal e) {
      // The body is not read: this connection ends with the answer.
      context.response().putHeader(HttpHeaders.CONNECTION, "close");
      send(context, error(e));
      return;
    }
    context.next();
  }

  private void run(RoutingContext context, Route route) {
    try {
      second
          .answer(
              context.vertx().getOrCreateContext(),
              () -> route.answer(new Exchange(context, tokens)))
          .onSuccess(answer -> send(context, answer))
          .onFailure(failure -> send(context, error(failure)));
    } catch (RuntimeException e) {
      send(context, error(e));
    }
  }

  private void failed(RoutingContext context) {
    if (context.failure() != null) {
      send(context, error(context.failure()));
    } else if (context.statusCode() == 413) {
      send(context, Answer.error(413, "body - is larger than this route allows"));
    } else {
      send(context, Answer.error(context.statusCode(), "HTTP status " + context.statusCode()));
    }
  }

  private static Answer error(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Refusal refusal) {
      Answer answer = Answer.error(refusal.status(), refusal.text());
      return refusal.status() == 401
          ? answer.with(java.util.Map.of("WWW-Authenticate", "Bearer"))
          : refusal.status() == 429 || refusal.status() == 503 ? retryLater(answer) : answer;
    }
    if (cause instanceof StoreException) {
      return retryLater(Answer.error(503, String.valueOf(cause.getMessage())));
    }
    if (cause instanceof JdbiException) {
      log.warn("A read failed", cause);
      return retryLater(Answer.error(503, "the database does not answer"));
    }
    log.error("A request failed", cause);
    return Answer.error(500, "internal error");
  }

  private static Answer retryLater(Answer answer) {
    return answer.with(java.util.Map.of("Retry-After", RETRY_SECONDS));
  }

  private static void send(RoutingContext context, Answer answer) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    String body = answer.body();
    Future<Void> sent =
        body == null ? response.end() : response.putHeader("Content-Type", answer.type()).end(body);
    sent.onFailure(gone -> log.debug("The client went away before its answer", gone));
  }
}
