package io.amebobridge.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * An event type.
 *
 * @param application the owner's name
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Action(
    long id,
    String name,
    String application,
    EventSchema schema,
    Retention retention,
    long timestamped) {
  /** Whether the other one says the same; its schema may not be compiled yet. */
  boolean same(Action other) {
    return schema.text().equals(other.schema.text()) && retention.equals(other.retention);
  }

  Action with(@Nullable EventSchema otherSchema, @Nullable Retention otherRetention) {
    return new Action(
        id,
        name,
        application,
        otherSchema == null ? schema : otherSchema,
        otherRetention == null ? retention : otherRetention,
        timestamped);
  }
}
