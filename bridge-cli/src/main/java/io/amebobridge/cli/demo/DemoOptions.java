package io.amebobridge.cli.demo;

/**
 * What the demo is asked to do.
 *
 * @param brokerLib the directory with Kafka's server
 */
public record DemoOptions(int messages, boolean json, boolean keep, String brokerLib) {}
