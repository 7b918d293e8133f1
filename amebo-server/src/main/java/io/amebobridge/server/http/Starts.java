package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.SourcePositions;
import io.amebobridge.server.registry.SourcePositions.Position;
import io.amebobridge.server.registry.Start;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads places in the log from bodies. */
final class Starts {
  private static final String ALLOWED =
      "allowed: latest, earliest, the id of an event, a time such as 2026-01-31T12:00:00Z,"
          + " or {\"system\", \"positions\": [{\"stream\", \"partition\", \"offset\"}]}";
  private static final int MOST_POSITIONS = 1_000;

  private Starts() {}

  /** Latest where the field is missing. */
  static Start of(Fields fields, String field) {
    JsonNode value = fields.node().path(field);
    if (!fields.has(field)) {
      return new Start.Latest();
    }
    if (value.isString() && value.stringValue().strip().startsWith("{")) {
      try {
        return taken(field, JsonMapper.shared().readTree(value.stringValue()));
      } catch (JacksonException e) {
        throw new Refusal(400, field + " - " + ALLOWED);
      }
    }
    if (value.isObject()) {
      return taken(field, value);
    }
    if (!value.isString() && !value.isIntegralNumber()) {
      throw new Refusal(400, field + " - " + ALLOWED);
    }
    return Start.parse(field, value.asString());
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

  private static Start taken(String field, JsonNode value) {
    JsonNode system = value.path("system");
    JsonNode positions = value.path("positions");
    if (!system.isString() || !positions.isArray() || positions.isEmpty()) {
      throw new Refusal(400, field + " - " + ALLOWED);
    }
    if (positions.size() > MOST_POSITIONS) {
      throw new Refusal(
          400,
          field + ".positions - has " + positions.size() + " entries, allowed: " + MOST_POSITIONS);
    }
    List<Position> all = new ArrayList<>();
    for (JsonNode position : positions) {
      all.add(position(field + ".positions." + all.size(), system.stringValue(), position));
    }
    return new Start.Taken(new SourcePositions(all));
  }

  private static Position position(String field, String system, JsonNode node) {
    JsonNode stream = node.path("stream");
    JsonNode partition = node.path("partition");
    JsonNode offset = node.path("offset");
    if (!stream.isString() || stream.stringValue().isEmpty()) {
      throw new Refusal(400, field + ".stream - is required, a text");
    }
    if (!partition.isInt() || partition.intValue() < 0) {
      throw new Refusal(400, field + ".partition - is required, an integer from 0");
    }
    if (!offset.isIntegralNumber() || !offset.canConvertToLong() || offset.longValue() < 0) {
      throw new Refusal(400, field + ".offset - is required, an integer from 0");
    }
    return new Position(system, stream.stringValue(), partition.intValue(), offset.longValue());
  }
}
