package io.amebobridge.server.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Shows the description of the routes to people. Reads the same document that machines get. */
final class DocsPage {
  private final JsonNode document;

  DocsPage(JsonNode document) {
    this.document = document;
  }

  Answer page() {
    Html header = new Html().raw("<header><strong>Amebo</strong>");
    header.link("/openapi.json", "openapi.json", false).link("/", "Pages", false).raw("</header>");
    Html main = new Html().tag("h1", "Amebo's HTTP API");
    main.raw("<p>").text("Version " + document.at("/info/version").asString() + ". ");
    main.text("Errors are {\"error\": \"<field> - what is wrong, what is allowed\"}.").raw("</p>");
    document
        .path("tags")
        .forEach(
            tag -> {
              String name = tag.path("name").asString();
              main.tag("h2", name);
              operations(main, name);
            });
    main.tag("h2", "Webhooks");
    JsonNode webhook = document.at("/webhooks/event/post");
    main.raw("<p>").text(webhook.path("summary").asString()).raw("</p>");
    parameters(main, webhook.path("parameters"));
    main.tag("h2", "Schemas");
    document
        .at("/components/schemas")
        .properties()
        .forEach(
            schema -> {
              main.raw("<details id=\"").text(schema.getKey()).raw("\"><summary><code>");
              main.text(schema.getKey()).raw("</code></summary>");
              json(main, schema.getValue());
              main.raw("</details>\n");
            });
    return Html.page(200, "Amebo's HTTP API", header, main);
  }

  private void operations(Html main, String tag) {
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          if (method.getValue().at("/tags/0").asString().equals(tag)) {
                            operation(main, method.getKey(), path.getKey(), method.getValue());
                          }
                        }));
  }

  private void operation(Html main, String method, String path, JsonNode operation) {
    main.raw("<details id=\"").text(operation.path("operationId").asString()).raw("\">");
    main.raw("<summary><code class=\"" + method + "\">")
        .text(method.toUpperCase(Locale.ROOT) + " " + path)
        .raw("</code> ");
    main.text(operation.path("summary").asString()).raw("</summary>");
    main.raw("<p>").text(operation.path("description").asString()).raw("</p>");
    parameters(main, operation.path("parameters"));
    JsonNode body = operation.path("requestBody");
    if (!body.isMissingNode()) {
      main.tag("h4", "Body");
      main.raw("<p>").text(String.join(", ", body.path("content").propertyNames()) + ". ");
      main.text(body.path("description").asString()).raw("</p>");
      json(main, body.path("content").iterator().next().path("schema"));
    }
    main.tag("h4", "Answers").raw("<table>").row("th", List.of("status", "meaning", "body"));
    operation
        .path("responses")
        .properties()
        .forEach(
            reply ->
                main.row(
                    "td",
                    List.of(
                        reply.getKey(),
                        reply.getValue().path("description").asString(),
                        shape(reply.getValue().path("content")))));
    main.raw("</table>").tag("h4", "Try").tag("pre", curl(method, path, operation));
    main.raw("</details>\n");
  }

  private static void parameters(Html main, JsonNode parameters) {
    if (parameters.isEmpty()) {
      return;
    }
    main.raw("<table>").row("th", List.of("parameter", "in", "type", "meaning"));
    parameters.forEach(
        p ->
            main.row(
                "td",
                List.of(
                    p.path("name").asString(),
                    p.path("in").asString(),
                    type(p.path("schema")),
                    p.path("description").asString())));
    main.raw("</table>");
  }

  private static String type(JsonNode schema) {
    if (schema.has("enum")) {
      List<String> values = new ArrayList<>();
      schema.path("enum").forEach(value -> values.add(value.asString()));
      return String.join(" | ", values);
    }
    String format = schema.path("format").asString("");
    return schema.path("type").asString("any") + (format.isEmpty() ? "" : " (" + format + ")");
  }

  private static String shape(JsonNode content) {
    if (content.isEmpty()) {
      return "none";
    }
    JsonNode schema = content.path("application/json").path("schema");
    String ref = schema.path("$ref").asString("");
    return !ref.isEmpty()
        ? ref.substring(Shape.COMPONENTS.length())
        : schema.isMissingNode() ? content.propertyNames().iterator().next() : schema.toString();
  }

  private static String curl(String method, String path, JsonNode operation) {
    StringBuilder line = new StringBuilder("curl");
    if (!method.equalsIgnoreCase(HttpMethod.GET.name())) {
      line.append(" -X ").append(method.toUpperCase(Locale.ROOT));
    }
    operation
        .path("security")
        .forEach(
            one -> {
              if (one.has("bearer")) {
                line.append(" -H \"Authorization: Bearer $TOKEN\"");
              }
            });
    JsonNode content = operation.at("/requestBody/content");
    if (!content.isMissingNode()) {
      line.append(" -H 'Content-Type: ").append(content.propertyNames().iterator().next());
      line.append("' -d @body");
    }
    return line.append(" \"$AMEBO")
        .append(path.replace("{", "$").replace("}", ""))
        .append('"')
        .toString();
  }

  private static void json(Html main, JsonNode node) {
    main.tag("pre", JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(node));
  }
}
