package io.amebobridge.server.registry;

/**
 * An event type.
 *
 * @param application the owner's name
 * @param timestamped when it was registered, in milliseconds since the epoch
 */
public record Action(
    long id, String name, String application, EventSchema schema, long timestamped) {}
