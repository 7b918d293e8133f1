package io.amebobridge.client;

/**
 * An application to register: a service that publishes, subscribes, or both.
 *
 * @param address its base URL; relative webhook handlers are appended to it
 * @param secret at least 16 characters
 */
public record ApplicationSpec(String application, String address, Secret secret) {}
