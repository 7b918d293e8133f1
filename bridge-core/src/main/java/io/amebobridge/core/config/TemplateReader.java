package io.amebobridge.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions and templates of one section; what is wrong becomes problems. */
final class TemplateReader {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";

  private final ConfigSection section;
  private final Set<String> variables;

  /**
   * A reader.
   *
   * @param variables what expressions here may name
   */
  TemplateReader(ConfigSection section, Set<String> variables) {
    this.section = section;
    this.variables = variables;
  }

  Optional<Expression> expression(String key) {
    return section.verbatim(key).flatMap(text -> compile(key, "", text));
  }

  Optional<Template> template(String key) {
    return section.verbatim(key).map(text -> parse(key, "", text));
  }

  /** The template that stands where none is given. */
  Template fallback(String key, String text) {
    return parse(key, "", text);
  }

  /** A template, or an object or list with templates in its texts. */
  Optional<Payload> payload(String key) {
    if (section.isStructure(key)) return Optional.of(structure(key, "", section.raw(key)));
    return template(key).map(Payload.Text::new);
  }

  private Payload structure(String key, String at, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Payload> fields = new LinkedHashMap<>();
      map.forEach((k, v) -> fields.put(String.valueOf(k), structure(key, at + "." + k, v)));
      return new Payload.Fields(fields);
    }
    if (value instanceof List<?> list) {
      List<Payload> items = new ArrayList<>();
      for (Object v : list) items.add(structure(key, at + "[" + items.size() + "]", v));
      return new Payload.Items(items);
    }
    if (value instanceof String text) return new Payload.Text(parse(key, at, text));
    if (value instanceof Double d && !Double.isFinite(d)) {
      section.problemIn(key, at, "got " + d + ", which JSON can't write");
    }
    return new Payload.Constant(value);
  }

  private Optional<Expression> compile(String key, String at, String text) {
    if (text.isBlank()) {
      section.problemIn(key, at, "the expression is empty");
      return Optional.empty();
    }
    ExpressionSyntax.Parsed parsed = ExpressionSyntax.parse(text, variables);
    if (parsed.wrong() != null) section.problemIn(key, at, parsed.wrong());
    return Optional.ofNullable(parsed.expression());
  }

  private Template parse(String key, String at, String text) {
    List<Template.Part> parts = new ArrayList<>();
    int from = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
      literal(key, text.substring(from, open), parts);
      int close = close(text, open);
      if (close < 0) {
        section.problemIn(key, at, "{{ without }} at character " + (open + 1) + ", in: " + text);
        return Template.literal(text);
      }
      compile(key, at, text.substring(open + OPEN.length(), close))
          .ifPresent(e -> parts.add(new Template.Code(e)));
      from = close + CLOSE.length();
    }
    literal(key, text.substring(from), parts);
    return parts.isEmpty() ? Template.literal("") : new Template(parts);
  }

  private void literal(String key, String text, List<Template.Part> parts) {
    if (text.isEmpty()) return;
    parts.add(new Template.Literal(section.resolve(key, text).orElse(text)));
  }

  /**
   * Where the expression ends: at the first {@code }}} that leaves something JSONata can read,
   * since an object in an object ends in the same two characters; else at the first.
   */
  private int close(String text, int open) {
    int first = text.indexOf(CLOSE, open + OPEN.length());
    for (int close = first; close >= 0; close = text.indexOf(CLOSE, close + 1)) {
      String code = text.substring(open + OPEN.length(), close);
      if (ExpressionSyntax.compiles(code)) return close;
    }
    return first;
  }
}
