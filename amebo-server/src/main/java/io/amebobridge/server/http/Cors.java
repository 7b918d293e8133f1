package io.amebobridge.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * Lets the pages of some origins call the API with a token. Cookies are never let through, so a
 * page cannot use its reader's login. Thread-safe.
 */
final class Cors implements Handler<RoutingContext> {
  private static final String EXPOSED =
      "Link, X-Total-Count, X-Total-Count-Capped, X-Amebo-Duplicate, Retry-After, RateLimit-Limit,"
          + " RateLimit-Remaining, RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining,"
          + " X-RateLimit-Reset";
  private final Set<String> origins;

  Cors(Iterable<String> origins) {
    Set<String> known = new java.util.HashSet<>();
    origins.forEach(known::add);
    this.origins = Set.copyOf(known);
  }

  @Override
  public void handle(RoutingContext context) {
    String origin = context.request().getHeader(HttpHeaders.ORIGIN);
    HttpServerResponse response = context.response();
    boolean preflight =
        context.request().method().equals(HttpMethod.OPTIONS)
            && origin != null
            && context.request().getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null;
    if (!origins.isEmpty()) {
      response.putHeader(HttpHeaders.VARY, "Origin"); // else a cache mixes the origins up
    }
    boolean allowed = origin != null && origins.contains(origin);
    if (allowed) {
      response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    if (!preflight) {
      context.next();
      return;
    }
    if (allowed) {
      response
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, DELETE")
          .putHeader(
              HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, traceparent")
          .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600");
    }
    response.setStatusCode(204).end();
  }
}
