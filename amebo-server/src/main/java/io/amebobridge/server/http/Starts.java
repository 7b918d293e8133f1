package io.amebobridge.server.http;

import io.amebobridge.server.registry.Start;
import tools.jackson.databind.JsonNode;

/** Reads places in the log from bodies. */
final class Starts {
  private Starts() {}

  /** Latest where the field is missing. */
  static Start of(Fields fields, String field) {
    JsonNode value = fields.node().path(field);
    if (!fields.has(field)) {
      return new Start.Latest();
    }
    return Start.read(field, value);
  }

  static Shape shape(boolean withPositions) {
    Shape text =
        Shape.text()
            .says("latest, earliest, or a time: from the first event stored then or later.");
    Shape event = Shape.integer().says("An event: from the one after it.");
    Shape simple = Shape.either(text, event);
    return withPositions ? Shape.either(simple, positions()) : simple;
  }

  private static Shape positions() {
    Shape position =
        Shape.object()
            .with("stream", Shape.text())
            .with("partition", Shape.integer())
            .with("offset", Shape.integer().says("Of the first event to deliver."));
    return Shape.object()
        .with("system", Shape.text().says("As the events' source has it."))
        .with("positions", Shape.listOf(position))
        .says("From the beginning, without what a consumer of another broker had before.");
  }
}
