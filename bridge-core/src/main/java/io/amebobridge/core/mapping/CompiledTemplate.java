package io.amebobridge.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import io.amebobridge.core.config.JsonText;
import io.amebobridge.core.config.Template;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One template, ready to run. Not thread-safe. */
final class CompiledTemplate {
  /** Calculated numbers show as JSONata's {@code &} shows them, without the dust of 0.1 + 0.2. */
  private static final MathContext DIGITS = new MathContext(15);

  private final List<Object> parts = new ArrayList<>();
  private final @Nullable String constant;

  CompiledTemplate(
      Template template, String path, String format, CompiledExpression.Engine engine) {
    for (Template.Part part : template.parts()) {
      if (part instanceof Template.Code code) {
        parts.add(new CompiledExpression(code.expression(), path, format, engine));
      } else {
        parts.add(((Template.Literal) part).text());
      }
    }
    constant = template.isConstant() ? template.toString() : null;
  }

  /** The value of a lone expression, else the text. */
  Object value(Scope scope) throws MappingFailure {
    if (parts.size() != 1 || !(parts.get(0) instanceof CompiledExpression e)) return text(scope);
    Object value = e.evaluate(scope);
    if (value == null) throw nothing(e);
    return value;
  }

  String text(Scope scope) throws MappingFailure {
    if (constant != null) return constant;
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(part instanceof CompiledExpression e ? text(e, scope) : part);
    }
    return text.toString();
  }

  private static String text(CompiledExpression e, Scope scope) throws MappingFailure {
    Object value = e.evaluate(scope);
    if (value == null) throw nothing(e);
    if (value instanceof String text) return text;
    if (value instanceof Boolean) return value.toString();
    if (value instanceof Double d && Double.isFinite(d)) {
      return JsonText.number(new BigDecimal(d, DIGITS).doubleValue());
    }
    if (value instanceof Number n) return JsonText.number(n);
    throw e.failure("gave " + kind(value) + ", allowed: text, a number or a boolean");
  }

  private static MappingFailure nothing(CompiledExpression e) {
    return e.failure("gave nothing: the message has no such value");
  }

  private static String kind(Object value) {
    if (value == Jsonata.NULL_VALUE) return "null";
    if (value instanceof Map) return "an object";
    return value instanceof List ? "a list" : "a function";
  }
}
