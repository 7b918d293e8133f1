package io.amebobridge.core.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text with JSONata inside {@code {{ }}}. Immutable.
 *
 * @param parts at least one; never two literals in a row
 */
public record Template(List<Part> parts) {
  /** A piece of a template. */
  public sealed interface Part {}

  /** Text that stands for itself. */
  public record Literal(String text) implements Part {}

  /** What stands between the braces. */
  public record Code(Expression expression) implements Part {}

  public Template {
    parts = List.copyOf(parts);
  }

  static Template literal(String text) {
    return new Template(List.of(new Literal(text)));
  }

  /** True for exactly one {@code {{ }}} and nothing around it: it stands for the value itself. */
  public boolean isValue() {
    return parts.size() == 1 && parts.get(0) instanceof Code;
  }

  /** True where it has no expression. */
  public boolean isConstant() {
    return parts.stream().allMatch(Literal.class::isInstance);
  }

  /** As it was written, about. */
  @Override
  public String toString() {
    return parts.stream()
        .map(p -> p instanceof Code c ? "{{ " + c.expression() + " }}" : ((Literal) p).text())
        .collect(Collectors.joining());
  }
}
