package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.security.Tokens;
import io.amebobridge.server.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts routes on a router and into the table that describes them: bodies, content types, errors.
 * Confined to one event loop.
 */
final class Routes {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);
  private static final Set<String> JSON = Set.of("application/json");
  private static final int TEAPOT = 418;
  private static final String MOST = "amebo.most";
  private static final String RETRY_SECONDS = "1";
  private static final Set<String> FORM = Set.of("application/x-www-form-urlencoded");
  private static final BodyBudget BODIES = new BodyBudget(256L << 20, 256L << 20);
  // One stranger must not hold all; half, for many may come through one proxy.
  private static final BodyBudget STRANGERS_BODIES = new BodyBudget(128L << 20, 64L << 20);
  private final Router router;
  private final Tokens tokens;
  private final SecondLook second;
  private final Limits limits;
  private final Lists lists;
  private final List<Endpoint> table = new ArrayList<>();

  /** Answers a request; may throw a Refusal. */
  interface Route {
    Future<Answer> answer(Exchange exchange);
  }

  Routes(Router router, Tokens tokens, Registry registry, Limits limits, Lists lists) {
    this.router = router;
    this.tokens = tokens;
    this.second = new SecondLook(registry);
    this.limits = limits;
    this.lists = lists;
    router.route().failureHandler(this::failed);
  }

  /** All routes, in the order of their declaration. */
  List<Endpoint> table() {
    return table;
  }

  /** To be called behind the last of them: what is none of them is answered as errors are. */
  void end() {
    router.route().handler(this::unknown);
  }

  private void unknown(RoutingContext context) {
    String path = context.request().path();
    Set<String> allowed = new TreeSet<>();
    for (Endpoint endpoint : table) {
      if (endpoint.isAt(path)) {
        allowed.add(endpoint.method().name());
        if (endpoint.method().equals(HttpMethod.GET)) {
          allowed.add(HttpMethod.HEAD.name());
        }
      }
    }
    String methods = String.join(", ", allowed);
    send(
        context,
        allowed.isEmpty()
            ? Answer.error(404, "path - there is no " + path)
            : Answer.error(
                    405, "method - got " + context.request().method() + ", allowed: " + methods)
                .with(java.util.Map.of("Allow", methods)));
  }

  Endpoint get(String path, Route route) {
    return withoutBody(HttpMethod.GET, path, route);
  }

  Endpoint delete(String path, Route route) {
    return withoutBody(HttpMethod.DELETE, path, route);
  }

  /** A POST without a body. */
  Endpoint post(String path, Route route) {
    return withBody(HttpMethod.POST, path, 64 << 10, Set.of(), route);
  }

  Endpoint post(String path, int mostBytes, Route route) {
    return withBody(HttpMethod.POST, path, mostBytes, JSON, route);
  }

  Endpoint put(String path, int mostBytes, Route route) {
    return withBody(HttpMethod.PUT, path, mostBytes, JSON, route);
  }

  private Endpoint withoutBody(HttpMethod method, String path, Route route) {
    Endpoint endpoint = declared(new Endpoint(method, path, 0, Set.of()));
    router.route(method, path).handler(context -> run(context, endpoint, route));
    if (method.equals(HttpMethod.GET)) {
      router.route(HttpMethod.HEAD, path).handler(context -> run(context, endpoint, route));
    }
    return endpoint;
  }

  /**
   * A route that reads a body.
   *
   * @param types the content types it takes; none: it does not look
   */
  Endpoint withBody(HttpMethod method, String path, int mostBytes, Set<String> types, Route route) {
    Endpoint endpoint = declared(new Endpoint(method, path, mostBytes, types));
    router.route(method, path).handler(context -> checkType(context, types));
    router.route(method, path).handler(context -> admit(context, endpoint));
    router
        .route(method, path)
        .handler(
            types.equals(FORM)
                ? BodyHandler.create(false).setBodyLimit(mostBytes)
                : context -> body(context, mostBytes))
        .handler(context -> run(context, endpoint, route));
    return endpoint;
  }

  private Endpoint declared(Endpoint endpoint) {
    table.add(endpoint);
    return endpoint;
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

  private void admit(RoutingContext context, Endpoint endpoint) {
    try {
      Exchange exchange = new Exchange(context, tokens, lists);
      limited(exchange, endpoint);
      context.put(MOST, endpoint.mostBytes());
    } catch (Refusal e) {
      unread(context, e);
      return;
    }
    context.next();
  }

  private void body(RoutingContext context, int most) {
    // Apart, so that strangers cannot use up what those with a token need.
    boolean known = new Exchange(context, tokens, lists).isKnown();
    BodyReader.read(
        context, known ? BODIES : STRANGERS_BODIES, most, failure -> unread(context, failure));
  }

  /** The body is not read: this connection ends with the answer, unless it is read over. */
  private static void unread(RoutingContext context, Throwable refusal) {
    boolean readOver = refusal instanceof Refusal known && known.status() == 413;
    if (!readOver && !context.response().headWritten()) {
      context.response().putHeader(HttpHeaders.CONNECTION, "close");
    }
    send(context, error(refusal));
  }

  private void run(RoutingContext context, Endpoint endpoint, Route route) {
    try {
      Exchange first = new Exchange(context, tokens, lists);
      if (endpoint.mostBytes() == 0) {
        limited(first, endpoint);
      }
      if (endpoint.access() == Access.PAGES && !isReader(first)) {
        send(context, Answer.empty(307).with(java.util.Map.of("Location", "/")));
        return;
      }
      second
          .answer(
              context.vertx().getOrCreateContext(),
              () -> {
                Exchange exchange = new Exchange(context, tokens, lists);
                authorise(exchange, endpoint.access());
                return route.answer(exchange);
              })
          .onSuccess(answer -> send(context, answer))
          .onFailure(failure -> send(context, error(failure)));
    } catch (RuntimeException e) {
      send(context, error(e));
    }
  }

  private static boolean isReader(Exchange exchange) {
    return exchange.reader().filter(who -> who instanceof Principal.Admin).isPresent();
  }

  private void limited(Exchange exchange, Endpoint endpoint) {
    if (endpoint.access() != Access.ANYONE) {
      limits.request(exchange);
    }
  }

  private static void authorise(Exchange exchange, @Nullable Access access) {
    if (access == Access.TOKEN) {
      exchange.principal();
    } else if (access == Access.ADMIN && !(exchange.principal() instanceof Principal.Admin)) {
      throw new Refusal(403, "Authorization - only the administrator may do this");
    }
  }

  private void failed(RoutingContext context) {
    int status = context.statusCode();
    if (status == 400 || status == 414 || status == 431) {
      send(context, Answer.error(status, "request - " + reason(context, status)));
    } else if (context.failure() != null && status != 413) {
      send(context, error(context.failure()));
    } else if (context.statusCode() == 413) {
      send(context, Answer.error(413, tooLarge(context)));
    } else {
      send(context, Answer.error(context.statusCode(), "HTTP status " + context.statusCode()));
    }
  }

  private static String tooLarge(RoutingContext context) {
    String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    String allowed = ", allowed: " + context.get(MOST) + " bytes for this route";
    return length == null
        ? "body - is too large" + allowed
        : "body - has " + length + " bytes" + allowed;
  }

  private static String reason(RoutingContext context, int status) {
    return context.failure() == null || context.failure().getMessage() == null
        ? "HTTP status " + status
        : context.failure().getMessage();
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

  /** A Retry-After that was worked out stays. */
  private static void add(HttpServerResponse response, String name, String value) {
    if (!name.equals("Retry-After") || !response.headers().contains(name)) {
      response.putHeader(name, value);
    }
  }

  private static void send(RoutingContext context, Answer answer) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach((name, value) -> add(response, name, value));
    String body = answer.body();
    Future<Void> sent =
        body == null ? response.end() : response.putHeader("Content-Type", answer.type()).end(body);
    sent.onFailure(gone -> log.debug("The client went away before its answer", gone));
  }
}
