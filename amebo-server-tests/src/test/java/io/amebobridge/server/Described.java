package io.amebobridge.server;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds a server to its own description: a status, a content type or a field that {@code
 * /openapi.json} does not have is an error. Thread-safe.
 */
final class Described {
  private static final Map<URI, Described> KNOWN = new ConcurrentHashMap<>();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private final JsonNode document;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private Described(JsonNode document) {
    this.document = document;
  }

  /** Checks an answer of the server at this address. */
  static void check(URI base, HttpClient http, String method, HttpResponse<String> answer)
      throws IOException, InterruptedException {
    Described known = KNOWN.get(base);
    if (known == null) {
      HttpRequest get = HttpRequest.newBuilder(base.resolve("/openapi.json")).build();
      String text = http.send(get, HttpResponse.BodyHandlers.ofString()).body();
      JsonNode document = JsonMapper.shared().readTree(text);
      close(document);
      known = new Described(document);
      KNOWN.put(base, known);
    }
    known.check(method, answer);
  }

  private void check(String method, HttpResponse<String> answer) {
    String path = answer.uri().getRawPath();
    JsonNode operation = operation(method, path);
    if (operation.isMissingNode()) {
      return; // no such route
    }
    String what = method + " " + path + " " + answer.statusCode();
    JsonNode response = operation.path("responses").path(String.valueOf(answer.statusCode()));
    require(!response.isMissingNode(), what + " is an answer that is not described");
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0].strip();
    JsonNode content = response.path("content");
    require(
        answer.body().isEmpty() ? content.isMissingNode() : content.has(type),
        what + " has the content type '" + type + "', described: " + content.propertyNames());
    if (type.equals("application/json")) {
      List<Error> errors =
          schemas
              .computeIfAbsent(what.replace(path, template(path)), key -> compile(content))
              .validate(JsonMapper.shared().readTree(answer.body()));
      require(errors.isEmpty(), what + " is not as described: " + errors + " " + answer.body());
    }
  }

  private Schema compile(JsonNode content) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.putArray("allOf").add(content.path("application/json").path("schema"));
    whole.set("components", document.path("components"));
    return SCHEMAS.getSchema(whole);
  }

  private JsonNode operation(String method, String path) {
    return document.path("paths").path(template(path)).path(method.toLowerCase(Locale.ROOT));
  }

  private String template(String path) {
    if (document.path("paths").has(path)) {
      return path;
    }
    return document.path("paths").propertyNames().stream()
        .filter(template -> path.matches(template.replaceAll("\\{[^}]*}", "[^/]+")))
        .findFirst()
        .orElse("");
  }

  /** A field that is not described is an error here, though clients must take it. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object && !object.path("properties").isEmpty()) {
      object.put("additionalProperties", false);
    }
    node.forEach(Described::close);
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw new AssertionError(text);
    }
  }
}
