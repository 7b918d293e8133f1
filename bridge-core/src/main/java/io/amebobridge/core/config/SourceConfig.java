package io.amebobridge.core.config;

import io.amebobridge.core.Connector;

/**
 * One of {@code sources:}.
 *
 * @param type the connector's key, such as {@code kafka}
 * @param factory makes the source
 */
public record SourceConfig(
    String name, String type, Connector connector, Connector.SourceFactory factory) {}
