package io.amebobridge.client;

/**
 * An action to register: an event type owned by one application.
 *
 * @param schemata the payload's JSON Schema, as JSON text
 */
public record ActionSpec(String action, String application, String schemata, Secret secret) {}
