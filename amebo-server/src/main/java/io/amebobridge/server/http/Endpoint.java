package io.amebobridge.server.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One route as it is declared: what the router does and what {@code /openapi.json} says come from
 * here. Completed while the server starts, only read afterwards.
 */
final class Endpoint {
  /** A parameter of the path or the query. */
  record Parameter(String name, boolean inPath, Shape shape, String says) {}

  /**
   * A possible answer.
   *
   * @param type its content type; null: it has no body
   */
  record Reply(String says, @Nullable String type, @Nullable Shape shape) {}

  private static final String JSON = "application/json";
  private final HttpMethod method;
  private final String path;
  private final int mostBytes;
  private final Set<String> types;
  private final List<Parameter> parameters = new ArrayList<>();
  private final Map<Integer, Reply> replies = new TreeMap<>();
  private final Map<Integer, Map<String, String>> headers = new LinkedHashMap<>();
  private String tag = "";
  private String summary = "";
  private String details = "";
  private @Nullable Access access;
  private @Nullable Shape body;
  private boolean bodyRequired = true;

  Endpoint(HttpMethod method, String path, int mostBytes, Set<String> types) {
    this.method = method;
    this.path = path;
    this.mostBytes = mostBytes;
    this.types = types;
  }

  /** What it does, in one line, below a heading. */
  Endpoint says(String heading, String line) {
    this.tag = heading;
    this.summary = line;
    return this;
  }

  /** What is to be known beyond the line. */
  Endpoint more(String text) {
    this.details = text;
    return this;
  }

  Endpoint by(Access who) {
    this.access = who;
    return this;
  }

  /** A parameter of the path. */
  Endpoint in(String name, Shape shape, String says) {
    parameters.add(new Parameter(name, true, shape, says));
    return this;
  }

  Endpoint query(String name, Shape shape, String says) {
    parameters.add(new Parameter(name, false, shape, says));
    return this;
  }

  /** The parameters of a list that is answered page by page, and its answer. */
  Endpoint paged(String rows) {
    return paged(rows, "by their ids");
  }

  /** The same in another order. */
  Endpoint paged(String rows, String order) {
    query("page", Shape.integer().from(1, Integer.MAX_VALUE).otherwise(1), "Which page.");
    for (String size : List.of("pagination", "per_page", "limit")) {
      Shape number = Shape.integer().from(1, Integer.MAX_VALUE).otherwise(Paging.DEFAULT_SIZE);
      query(
          size,
          number,
          "Rows of a page; more than "
              + Paging.LARGEST_SIZE
              + " is taken as that. pagination, per_page and limit mean the same.");
    }
    query("envelope", Shape.oneOf("0", "1", "true", "false"), "1: {data, meta} and no bare array.");
    Shape meta =
        Shape.object()
            .with("page", Shape.integer())
            .with("per_page", Shape.integer())
            .with("total", Shape.integer())
            .with("pages", Shape.integer())
            .with("total_pages", Shape.integer().says("The same as pages."))
            .with("has_next", Shape.flag())
            .with("has_prev", Shape.flag())
            .maybe(
                "capped", Shape.flag().says("There are more than total; they were not counted."));
    Shape list = Shape.listOf(Shape.ref(rows));
    Shape whole = Shape.object().with("data", Shape.listOf(Shape.ref(rows))).with("meta", meta);
    answers(200, "A page of rows, " + order + ".", Shape.either(list, whole));
    header(200, "X-Total-Count", "How many rows there are on all pages together.");
    header(200, "X-Total-Count-Capped", "true: there are more, which were not counted.");
    return header(200, "Link", "The first, previous, next and last page (RFC 8288).");
  }

  Endpoint takes(Shape shape) {
    body = shape;
    return this;
  }

  /** The body may be left out. */
  Endpoint mayTake(Shape shape) {
    bodyRequired = false;
    return takes(shape);
  }

  Endpoint answers(int status, String says, Shape shape) {
    replies.put(status, new Reply(says, JSON, shape));
    return this;
  }

  Endpoint answers(int status, String says, String type) {
    replies.put(status, new Reply(says, type, Shape.text()));
    return this;
  }

  /** An answer without a body. */
  Endpoint empty(int status, String says) {
    replies.put(status, new Reply(says, null, null));
    return this;
  }

  /** A refusal: {"error": text}. */
  Endpoint refuses(int status, String says) {
    return answers(status, says, Shape.ref("Error"));
  }

  Endpoint header(int status, String name, String says) {
    headers.computeIfAbsent(status, s -> new LinkedHashMap<>()).put(name, says);
    return this;
  }

  HttpMethod method() {
    return method;
  }

  String path() {
    return path;
  }

  /** Whether a request's path is its. */
  boolean isAt(String requested) {
    String[] own = path.split("/", -1);
    String[] other = requested.split("/", -1);
    boolean same = own.length == other.length;
    for (int i = 0; same && i < own.length; i++) {
      same = own[i].startsWith(":") ? !other[i].isEmpty() : own[i].equals(other[i]);
    }
    return same;
  }

  int mostBytes() {
    return mostBytes;
  }

  Set<String> types() {
    return types;
  }

  String tag() {
    return tag;
  }

  String summary() {
    return summary;
  }

  String details() {
    return details;
  }

  @Nullable Access access() {
    return access;
  }

  @Nullable Shape body() {
    return body;
  }

  boolean bodyRequired() {
    return bodyRequired;
  }

  List<Parameter> parameters() {
    return parameters;
  }

  Map<Integer, Reply> replies() {
    return replies;
  }

  Map<String, String> headers(int status) {
    return headers.getOrDefault(status, Map.of());
  }
}
