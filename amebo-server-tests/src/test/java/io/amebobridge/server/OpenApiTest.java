package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The description of the routes, which is made from the table that the router is made from. */
class OpenApiTest {
  @TempDir static Path dir;
  private static AmeboServer server;
  private static JsonNode document;

  @BeforeAll
  static void start() throws Exception {
    server = AmeboServer.start(Fixture.config(dir));
    document = Wire.anonymous(server).get("/openapi.json").json();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void isAValidOpenApi31Document() throws IOException {
    assertThat(document.path("openapi").asString()).startsWith("3.1.");
    Schema official = official();
    assertThat(official.validate(document)).isEmpty();
    JsonNode broken = document.deepCopy();
    ((tools.jackson.databind.node.ObjectNode) broken.path("info")).remove("title");
    assertThat(official.validate(broken)).as("the schema refuses something at all").isNotEmpty();
  }

  /** The official schema leaves the Schema Objects out; they are JSON Schema 2020-12. */
  @Test
  void itsSchemasAreValidAndTheirReferencesLeadSomewhere() {
    Schema meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    SpecificationVersion.DRAFT_2020_12.getDialectId()));
    document.findValues("schema").forEach(s -> assertThat(meta.validate(s)).isEmpty());
    document
        .path("components")
        .path("schemas")
        .forEach(s -> assertThat(meta.validate(s)).isEmpty());
    document
        .findValues("$ref")
        .forEach(
            ref ->
                assertThat(document.at(ref.asString().substring(1)).isMissingNode())
                    .as(ref.asString())
                    .isFalse());
  }

  @Test
  void everyRouteIsDescribed() {
    List<String> missing = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          String name = method.getKey() + " " + path.getKey();
                          JsonNode operation = method.getValue();
                          String lacks = lacks(path.getKey(), operation);
                          if (!lacks.isEmpty()) {
                            missing.add(name + ": " + lacks);
                          }
                          if (!ids.add(operation.path("operationId").asString())) {
                            missing.add(name + ": its operationId is not its own");
                          }
                        }));
    assertThat(missing).as("declare them: routes.get(path, handler).says(...)").isEmpty();
    assertThat(ids).hasSizeGreaterThan(20);
  }

  private static String lacks(String path, JsonNode operation) {
    List<String> lacks = new ArrayList<>();
    if (operation.path("summary").asString("").isBlank()) {
      lacks.add("says(...)");
    }
    if (operation.path("tags").path(0).asString("").isBlank()) {
      lacks.add("a heading");
    }
    if (!operation.path("description").asString("").contains("By: ")) {
      lacks.add("by(Access)");
    }
    if (operation.path("responses").propertyNames().stream().noneMatch(s -> s.matches("[23].."))) {
      lacks.add("answers(2xx, ...)");
    }
    if (operation.has("requestBody") && operation.at("/requestBody/content").isEmpty()) {
      lacks.add("the content types of its body");
    }
    Set<String> described = new HashSet<>();
    operation
        .path("parameters")
        .forEach(
            p -> {
              boolean fresh = described.add(p.path("in").asString() + p.path("name").asString());
              if (!fresh || p.path("description").asString().isBlank()) {
                lacks.add(p + " twice, or without a description");
              }
            });
    Matcher parameter = Pattern.compile("\\{(\\w+)}").matcher(path);
    while (parameter.find()) {
      if (!described.contains("path" + parameter.group(1))) {
        lacks.add("in(\"" + parameter.group(1) + "\", ...)");
      }
    }
    return String.join(", ", lacks);
  }

  @Test
  void aRouteThatReadsABodySaysWhichAndHowMuch() {
    JsonNode batch = document.at("/paths/~1v1~1events~1batch/post/requestBody");
    assertThat(batch.path("content").propertyNames())
        .contains("application/json", "application/x-ndjson");
    assertThat(batch.path("description").asString()).contains(String.valueOf(32 << 20));
    assertThat(document.at("/paths/~1v1~1gists/get/security/0").has("bearer")).isTrue();
    assertThat(document.at("/paths/~1health/get/security")).isEmpty();
    assertThat(document.at("/paths/~1v1~1events/post/responses/201/headers").propertyNames())
        .contains("X-Amebo-Duplicate");
    assertThat(document.at("/webhooks/event/post/parameters")).hasSize(8);
    assertThat(batch.at("/content/application~1json/schema/type").asString()).isEqualTo("array");
    assertThat(batch.at("/content/application~1x-ndjson/schema/type").asString())
        .isEqualTo("string");
    JsonNode rotate = document.at("/paths/~1v1~1applications~1{id}~1rotate/post/requestBody");
    assertThat(rotate.path("required").asBoolean(true)).isFalse();
    assertThat(batch.path("required").asBoolean()).isTrue();
    JsonNode subscriptions = document.path("paths");
    assertThat(subscriptions.at("/~1v1~1subscriptions~1{id}/put/responses").has("426")).isTrue();
    assertThat(subscriptions.at("/~1v1~1subscriptions/post/responses").has("507")).isTrue();
    assertThat(document.at("/paths/~1v1~1replays/get/responses/200/description").asString())
        .contains("the newest first");
  }

  private static Schema official() throws IOException {
    try (InputStream in =
        OpenApiTest.class.getResourceAsStream("/openapi/openapi-3.1-schema.json")) {
      String text =
          new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(text, InputFormat.JSON);
    }
  }
}
