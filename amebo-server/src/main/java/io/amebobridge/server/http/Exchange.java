package io.amebobridge.server.http;

import io.amebobridge.client.TraceParent;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Principal;
import io.amebobridge.server.security.Tokens;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A request, read the way the routes need it. Confined to one request's handling. */
class Exchange {
  private static final Map<String, Integer> AGO = Map.of("today", 1, "week", 7, "month", 31);
  private static final int SMALL = 16 << 10;
  private static final String BEARER = "bearer ";
  private final RoutingContext context;
  private final Tokens tokens;
  private final Lists lists;

  Exchange(RoutingContext context, Tokens tokens, Lists lists) {
    this.context = context;
    this.tokens = tokens;
    this.lists = lists;
  }

  /** Who sent a token; empty where none was sent. Verified once for each request. */
  Optional<Principal> bearer() {
    Optional<Principal> known = context.get(BEARER);
    if (known == null) {
      known = verified();
      context.put(BEARER, known);
    }
    return known;
  }

  private Optional<Principal> verified() {
    Optional<String> token = bearerToken();
    Optional<Principal> found = token.flatMap(tokens::verify);
    if (token.isPresent() && found.isEmpty()) {
      throw new Refusal(401, "Authorization - the token is not valid or has expired");
    }
    return found;
  }

  /** The token as it was sent, whatever it is worth. */
  Optional<String> bearerToken() {
    String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return Optional.empty();
    }
    if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new Refusal(401, "Authorization - allowed: Bearer <token from POST /v1/tokens>");
    }
    return Optional.of(header.substring(BEARER.length()).trim());
  }

  /** Whether a token came along that is good as far as this server knows now. */
  boolean isKnown() {
    try {
      return bearer().isPresent();
    } catch (Refusal e) {
      return false; // the route says so, after another look
    }
  }

  /** Who sent the token that this route asks for. */
  Principal principal() {
    return bearer()
        .orElseThrow(
            () -> new Refusal(401, "Authorization - a token from POST /v1/tokens is required"));
  }

  /** Who is logged in to the pages. Only they may ask: a cookie is sent with others' forms too. */
  Optional<Principal> reader() {
    Cookie cookie = context.request().getCookie("Authentication");
    return cookie == null ? Optional.empty() : tokens.verify(cookie.getValue());
  }

  /** Whether the client speaks TLS, to this server or to a proxy before it. */
  boolean isTls() {
    return context.request().isSSL()
        || "https".equalsIgnoreCase(context.request().getHeader("X-Forwarded-Proto"));
  }

  /** The request's trace; null where it has none, or one that is to be ignored. */
  @Nullable String traceparent() {
    List<String> sent = context.request().headers().getAll(TraceParent.NAME);
    return sent.size() == 1
        ? TraceParent.parse(sent.get(0)).map(TraceParent::toString).orElse(null)
        : null;
  }

  byte[] body() {
    return BodyReader.of(context);
  }

  Fields fields() {
    try {
      JsonNode node = JsonMapper.shared().readTree(body());
      if (!node.isObject()) {
        throw new Refusal(400, "body - is not a JSON object");
      }
      return new Fields(node);
    } catch (JacksonException e) {
      throw Refusal.notJson(e);
    }
  }

  /** The same for bodies that may be large: those are parsed off the event loop. */
  Future<Fields> fieldsAside() {
    return context.request().bytesRead() <= SMALL
        ? Future.succeededFuture(fields())
        : blocking(this::fields);
  }

  /** Off the event loop, which must not wait; several at once, in no order. */
  <T> Future<T> blocking(Callable<T> work) {
    return context.vertx().executeBlocking(work, false);
  }

  /** The same for what may read much: on few threads of its own, so that it holds up no other. */
  <T> Future<T> listing(Callable<T> work) {
    return lists.run(work);
  }

  /** A query parameter; null where it is missing or empty. */
  @Nullable String query(String name) {
    String value = parameters().get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private MultiMap parameters() {
    try {
      return context.queryParams(); // the request's own params have those of the path and forms too
    } catch (HttpException | IllegalArgumentException e) {
      throw new Refusal(400, "query - is not percent-encoded UTF-8");
    }
  }

  @Nullable Long number(String name) {
    String value = query(name);
    try {
      return value == null ? null : Long.valueOf(value);
    } catch (NumberFormatException e) {
      throw new Refusal(400, name + " - got " + value + ", allowed: an integer");
    }
  }

  /** A time, as milliseconds since the epoch. */
  @Nullable Long time(String name) {
    String value = query(name);
    try {
      return value == null ? null : Instant.parse(value).toEpochMilli();
    } catch (DateTimeParseException e) {
      throw new Refusal(
          400, name + " - got " + value + ", allowed: a time such as 2026-01-31T12:00:00Z");
    }
  }

  /** A time, or upstream's words for how long ago: today, week, month. */
  @Nullable Long since(String name, InstantSource clock) {
    String value = query(name);
    Integer days = value == null ? null : AGO.get(value.toLowerCase(Locale.ROOT));
    return days == null
        ? time(name)
        : Long.valueOf(clock.instant().minus(Duration.ofDays(days)).toEpochMilli());
  }

  String path(String name) {
    return String.valueOf(context.pathParam(name));
  }

  /** An id in the path; one that is no number belongs to nothing. */
  long pathId() {
    try {
      return Long.parseLong(path("id"));
    } catch (NumberFormatException e) {
      throw new Refusal(404, "id - there is no " + path("id"));
    }
  }

  RoutingContext context() {
    return context;
  }
}
