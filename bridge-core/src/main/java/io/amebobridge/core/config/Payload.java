package io.amebobridge.core.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an event's payload is made of. Immutable. */
public sealed interface Payload {
  /** The body as it came, to the byte where it is JSON; with forEach, the element. */
  record WholeBody() implements Payload {}

  /** A template: the value of its one expression, or a text. */
  record Text(Template template) implements Payload {}

  /** An object written out in the config. */
  record Fields(Map<String, Payload> fields) implements Payload {}

  /** A list written out in the config. */
  record Items(List<Payload> items) implements Payload {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** A number, a boolean or null written out in the config. */
  record Constant(@Nullable Object value) implements Payload {}
}
