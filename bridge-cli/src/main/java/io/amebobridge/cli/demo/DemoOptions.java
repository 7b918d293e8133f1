package io.amebobridge.cli.demo;

/** What the demo is asked to do. */
public record DemoOptions(int messages, boolean json, boolean keep) {}
