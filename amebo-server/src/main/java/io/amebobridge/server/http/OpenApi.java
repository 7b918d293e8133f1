package io.amebobridge.server.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Describes a table of routes as an OpenAPI 3.1 document. */
final class OpenApi {
  private static final String BEARER = "bearer";
  private static final String COOKIE = "cookie";
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Shape LINES =
      Shape.text().says("One object after the other, each as an item of the array in JSON.");
  private static final Set<Integer> LATER = Set.of(429, 503);
  private final List<Endpoint> table;
  private final String version;

  OpenApi(List<Endpoint> table, String version) {
    this.table = table;
    this.version = version;
  }

  ObjectNode document() {
    ObjectNode document = JsonMapper.shared().createObjectNode().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Amebo")
        .put("version", version)
        .put("description", "Publishes events, checks them, and delivers them to webhooks.");
    document.putArray("servers").addObject().put("url", "/");
    ArrayNode tags = document.putArray("tags");
    table.stream()
        .map(Endpoint::tag)
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .forEach(tag -> tags.addObject().put("name", tag));
    ObjectNode paths = document.putObject("paths");
    table.forEach(
        endpoint ->
            paths
                .withObjectProperty(template(endpoint))
                .set(word(endpoint.method()), operation(endpoint)));
    webhook(document.putObject("webhooks"));
    ObjectNode components = document.putObject("components");
    ObjectNode schemas = components.putObject("schemas");
    Shapes.all().forEach((name, shape) -> schemas.set(name, shape.json()));
    ObjectNode schemes = components.putObject("securitySchemes");
    schemes
        .putObject(BEARER)
        .put("type", "http")
        .put("scheme", "bearer")
        .put("bearerFormat", "JWT")
        .put("description", "A token from POST /v1/tokens.");
    schemes
        .putObject(COOKIE)
        .put("type", "apiKey")
        .put("in", "cookie")
        .put("name", "Authentication")
        .put("description", "The login of the pages; no other route takes it.");
    return document;
  }

  private static String template(Endpoint endpoint) {
    return Stream.of(endpoint.path().split("/", -1))
        .map(part -> part.startsWith(":") ? "{" + part.substring(1) + "}" : part)
        .collect(Collectors.joining("/"));
  }

  private static String word(HttpMethod method) {
    return method.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode operation(Endpoint endpoint) {
    ObjectNode operation = JsonMapper.shared().createObjectNode();
    operation.putArray("tags").add(endpoint.tag());
    operation.put("operationId", id(endpoint)).put("summary", endpoint.summary());
    operation.put("description", description(endpoint));
    ArrayNode parameters = operation.putArray("parameters");
    endpoint
        .parameters()
        .forEach(
            parameter ->
                parameters
                    .addObject()
                    .put("name", parameter.name())
                    .put("in", parameter.inPath() ? "path" : "query")
                    .put("required", parameter.inPath())
                    .put("description", parameter.says())
                    .set("schema", parameter.shape().json()));
    if (endpoint.body() != null) {
      body(operation.putObject("requestBody"), endpoint, endpoint.body());
    }
    ObjectNode responses = operation.putObject("responses");
    replies(endpoint).forEach((status, reply) -> response(responses, endpoint, status, reply));
    security(operation.putArray("security"), endpoint.access());
    return operation;
  }

  /** Such as getV1ActionsByAction. */
  private static String id(Endpoint endpoint) {
    return word(endpoint.method())
        + Stream.of(endpoint.path().split("[/.]"))
            .filter(part -> !part.isEmpty())
            .map(part -> part.startsWith(":") ? "By" + capital(part.substring(1)) : capital(part))
            .collect(Collectors.joining());
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String description(Endpoint endpoint) {
    Access access = endpoint.access();
    return (endpoint.details() + (access == null ? "" : " By: " + access.text())).strip();
  }

  private static void body(ObjectNode into, Endpoint endpoint, Shape shape) {
    into.put("description", "Up to " + endpoint.mostBytes() + " bytes.")
        .put("required", endpoint.bodyRequired());
    ObjectNode content = into.putObject("content");
    // A route that does not look at the type reads JSON.
    Set<String> types = endpoint.types().isEmpty() ? Set.of(JSON) : endpoint.types();
    types.stream()
        .sorted()
        .forEach(
            type ->
                content
                    .putObject(type)
                    .set(
                        "schema", (type.equals(JSON) || type.equals(FORM) ? shape : LINES).json()));
  }

  /** What is declared, and what every route of its kind may answer. */
  private static Map<Integer, Endpoint.Reply> replies(Endpoint endpoint) {
    Map<Integer, Endpoint.Reply> all = new TreeMap<>();
    add(all, 400, "The request is malformed: the text says where.");
    add(all, 429, "Too many requests, or too much is waiting to be stored.");
    add(all, 500, "The server failed; its log says why.");
    add(all, 503, "The server cannot just now.");
    Access access = endpoint.access();
    if (access == Access.TOKEN || access == Access.ADMIN || access == Access.SECRET_OR_TOKEN) {
      add(all, 401, "The token or the secret is missing, wrong or expired.");
    }
    if (access == Access.MORE_WITH_TOKEN) {
      add(all, 401, "There is a token, and it is wrong or expired.");
    }
    if (access == Access.ADMIN || access == Access.SECRET_OR_TOKEN) {
      add(all, 403, "The token is not for this.");
    }
    if (endpoint.mostBytes() > 0) {
      add(all, 408, "The body did not come in time.");
      add(all, 413, "The body is too large: the text names the limit.");
    }
    if (!endpoint.types().isEmpty()) {
      add(all, 418, "The Content-Type is none of those it takes.");
    }
    all.putAll(endpoint.replies());
    return all;
  }

  private static void add(Map<Integer, Endpoint.Reply> all, int status, String says) {
    all.put(status, new Endpoint.Reply(says, JSON, Shape.ref("Error")));
  }

  private static void response(
      ObjectNode responses, Endpoint endpoint, int status, Endpoint.Reply reply) {
    ObjectNode response = responses.putObject(String.valueOf(status));
    response.put("description", reply.says());
    Map<String, String> headers = new TreeMap<>(endpoint.headers(status));
    if (LATER.contains(status)) {
      headers.put("Retry-After", "Seconds to wait.");
    }
    if (status == 401) {
      headers.put("WWW-Authenticate", "Bearer.");
    }
    if (endpoint.access() != Access.ANYONE) {
      headers.put("RateLimit-Limit", "How many requests at once, where there is a limit.");
      headers.put("RateLimit-Remaining", "How many of them now.");
      headers.put("RateLimit-Reset", "Seconds until there are all again.");
    }
    if (!headers.isEmpty()) {
      ObjectNode into = response.putObject("headers");
      headers.forEach(
          (name, says) ->
              into.putObject(name)
                  .put("description", says)
                  .putObject("schema")
                  .put("type", "string"));
    }
    if (reply.type() != null && reply.shape() != null) {
      response.putObject("content").putObject(reply.type()).set("schema", reply.shape().json());
    }
  }

  private static void security(ArrayNode into, @Nullable Access access) {
    if (access == Access.PAGES) {
      into.addObject().putArray(COOKIE);
    } else if (access != null && access != Access.ANYONE) {
      into.addObject().putArray(BEARER);
      if (access == Access.SECRET_OR_TOKEN || access == Access.MORE_WITH_TOKEN) {
        into.addObject(); // or without
      }
    }
  }

  private static void webhook(ObjectNode webhooks) {
    ObjectNode post = webhooks.putObject("event").putObject("post");
    post.put("operationId", "deliver")
        .put("summary", "What a subscriber's webhook gets, at least once for each event.");
    ArrayNode headers = post.putArray("parameters");
    header(headers, "X-Amebo-Event", "The event's id.", true);
    header(headers, "X-Amebo-Delivery", "The delivery's id, the same in every attempt.", true);
    header(headers, "X-Amebo-Action", "The event's action.", true);
    header(headers, "X-Amebo-Signature", "sha256=<hex HMAC-SHA256 of the body>.", true);
    header(headers, "webhook-id", "Standard Webhooks: the delivery's id.", true);
    header(headers, "webhook-timestamp", "Standard Webhooks: seconds since the epoch.", true);
    header(headers, "webhook-signature", "Standard Webhooks: v1,<base64 HMAC-SHA256>.", true);
    header(headers, "X-PASS-Phrase", "The secret, unless the subscription turns it off.", false);
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    schema.put("description", "The payload as it was published, or an Envelope.");
    ObjectNode body = post.putObject("requestBody").put("required", true);
    body.putObject("content").putObject(JSON).set("schema", schema);
    post.putObject("responses")
        .putObject("2XX")
        .put("description", "Taken. Any other answer is tried again later.");
  }

  private static void header(ArrayNode into, String name, String says, boolean always) {
    into.addObject()
        .put("name", name)
        .put("in", "header")
        .put("required", always)
        .put("description", says)
        .putObject("schema")
        .put("type", "string");
  }
}
