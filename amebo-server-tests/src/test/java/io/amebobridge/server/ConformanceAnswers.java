package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers without what differs from run to run: ids, times, tokens, the words of an error. */
final class ConformanceAnswers {
  private static final Set<String> IDS =
      Set.of("event", "id", "subscription", "gist", "expires_in");
  private static final Set<String> WORDS = Set.of("error", "last_error");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|\\+00:00)?");
  private static final Pattern FIELD = Pattern.compile("(?s)(\\w+) - .*");

  private ConformanceAnswers() {}

  static JsonNode of(HttpResponse<String> answer, String receiver, boolean first) {
    ObjectNode node = JsonMapper.shared().createObjectNode().put("status", answer.statusCode());
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    node.put("type", type);
    answer.headers().firstValue("Location").ifPresent(to -> node.put("location", to));
    JsonNode body = body(answer.body().replace(receiver, "{receiver}"), type);
    if (first && body.isArray() && body.size() > 1) {
      body = JsonMapper.shared().createArrayNode().add(body.get(0));
    }
    node.set("body", body);
    return node;
  }

  private static JsonNode body(String text, String type) {
    if (type.equals("text/html")) {
      return JsonMapper.shared().getNodeFactory().stringNode("<page>");
    }
    try {
      return text.isEmpty()
          ? JsonMapper.shared().getNodeFactory().stringNode("")
          : JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonMapper.shared().getNodeFactory().stringNode(text);
    }
  }

  /** Every field of theirs is in ours, with the same value. */
  static void compare(JsonNode theirs, JsonNode ours) {
    within("", normal(theirs), normal(ours), ours.toString());
  }

  private static void within(String at, JsonNode theirs, JsonNode ours, String whole) {
    if (theirs.isObject() && ours.isObject()) {
      theirs
          .properties()
          .forEach(
              field ->
                  within(
                      at + "/" + field.getKey(),
                      field.getValue(),
                      ours.path(field.getKey()),
                      whole));
    } else if (theirs.isArray() && ours.isArray()) {
      assertThat(ours).as(at + " of " + whole).hasSameSizeAs(theirs);
      for (int i = 0; i < theirs.size(); i++) {
        within(at + "/" + i, theirs.get(i), ours.get(i), whole);
      }
    } else if (theirs.asString("").equals("<why>") && ours.asString("").endsWith("<why>")) {
      return; // ours names the field too
    } else {
      assertThat(ours).as(at + " of " + whole).isEqualTo(theirs);
    }
  }

  static JsonNode normal(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode all = JsonMapper.shared().createArrayNode();
      array.forEach(item -> all.add(normal(item)));
      return all;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode all = JsonMapper.shared().createObjectNode();
    object
        .properties()
        .forEach(field -> all.set(field.getKey(), normal(field.getKey(), field.getValue())));
    return all;
  }

  private static JsonNode normal(String name, JsonNode value) {
    var text = JsonMapper.shared().getNodeFactory();
    if (name.equals("token") && value.isString()) {
      return text.stringNode("<token>");
    }
    if (IDS.contains(name) && value.isNumber()) {
      return text.stringNode("<number>");
    }
    if (name.equals("sleep_until") && !value.isNull()) {
      return text.stringNode("<time>"); // theirs is a local time, ours are seconds
    }
    if (value.isString() && TIME.matcher(value.stringValue()).matches()) {
      return text.stringNode("<time>");
    }
    if (WORDS.contains(name) && value.isString()) {
      var field = FIELD.matcher(value.stringValue());
      return text.stringNode(field.matches() ? field.group(1) + " - <why>" : "<why>");
    }
    if (name.equals("address") && value.isString()) {
      return text.stringNode(value.stringValue().replaceFirst("/$", "")); // one that upstream adds
    }
    return normal(value);
  }
}
