package io.amebobridge.cli.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What is written about the options, made of their table. */
public final class ServeDocuments {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ServeDocuments() {}

  /** The documentation's table, in Markdown. */
  public static String markdown() {
    StringBuilder text = new StringBuilder("| option | default | |\n|---|---|---|\n");
    for (ServeOption<?> option : ServeOptions.ALL) {
      String usual = option.shown(ServeSettings.defaults());
      String code = usual.isEmpty() || option.type().secret() ? usual : "`" + usual + "`";
      text.append(
          String.format(
              "| `%s`<br>`%s %s` | %s | %s |%n",
              option.name(),
              option.flag(),
              option.type().label().replace("|", "\\|"),
              code,
              option.says().replace("|", "\\|").replace("<", "&lt;")));
    }
    return text.toString();
  }

  /** Any value may also be text such as ${VAR}; what that gives only the server can judge. */
  private static Map<String, Object> text(OptionType<?> type) {
    String variable = "\\$\\{";
    if (type.schema().containsKey("enum")) return Map.of("type", "string", "pattern", variable);
    boolean number = type.label().equals("N");
    return number
        ? Map.of("type", "string", "pattern", "^\\d+$|" + variable)
        : Map.of("type", "string");
  }

  /** The JSON Schema of amebo.json. */
  public static String schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("$schema", Map.of("type", "string"));
    for (ServeOption<?> option : ServeOptions.ALL) {
      Map<String, Object> property = new LinkedHashMap<>();
      property.put("description", option.says());
      property.put("anyOf", List.of(option.type().schema(), text(option.type())));
      properties.put(option.name(), property);
    }
    UpstreamOptions.IGNORED.forEach(
        (name, why) ->
            properties.put(name, Map.of("description", "Ignored: " + why, "deprecated", true)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "amebo.json, the configuration of amebo serve");
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("additionalProperties", false);
    return JSON.writeValueAsString(schema);
  }
}
