package io.amebobridge.core;

import io.amebobridge.client.SourceCoordinates;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a message comes from.
 *
 * @param source the name of the source in the config
 * @param lane messages of one lane keep their order; null: unordered
 * @param timestamp the broker's time of the message
 * @param variables what the mapping sees as {@code $topic}, {@code $partition}, … : text, numbers,
 *     booleans, lists and maps of these, null inside of them. {@code $key} is not in here, the
 *     mapping takes it from the message, and so it does with {@code $headers} unless they are here,
 *     with types
 * @param coordinates kept with the event on our server
 * @param error why the adapter could not parse the message, else null (rule 7)
 */
public record Origin(
    String source,
    @Nullable String lane,
    Instant timestamp,
    Map<String, Object> variables,
    @Nullable SourceCoordinates coordinates,
    @Nullable String error) {
  public Origin {
    variables = Map.copyOf(variables);
  }

  /** For logs and messages to people, such as {@code events user-events/3@42}. */
  public String where() {
    if (coordinates == null) return source + " " + variables;
    String partition = coordinates.partition() == null ? "" : "/" + coordinates.partition();
    String offset = coordinates.offset() == null ? "" : "@" + coordinates.offset();
    return source + " " + coordinates.stream() + partition + offset;
  }
}
