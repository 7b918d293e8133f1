package io.amebobridge.core.config;

import java.util.Set;

/**
 * A JSONata expression that compiles. Immutable.
 *
 * @param text as written
 * @param variables the names after {@code $} that it mentions, its own and functions' included
 * @param readsBody false only where it certainly looks at nothing but variables, so that the body
 *     need not be decoded
 */
public record Expression(String text, Set<String> variables, boolean readsBody) {
  public Expression {
    variables = Set.copyOf(variables);
  }

  /** For messages to people. */
  @Override
  public String toString() {
    return text.strip();
  }
}
