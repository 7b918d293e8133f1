package io.amebobridge.server.registry;

import io.amebobridge.server.registry.SourcePositions.Position;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads where a consumer of another broker stood. */
final class StartPositions {
  private static final int MOST_POSITIONS = 1_000;

  private StartPositions() {}

  static Start.Taken read(String field, JsonNode value) {
    JsonNode system = value.path("system");
    JsonNode positions = value.path("positions");
    if (!system.isString() || !positions.isArray() || positions.isEmpty()) {
      throw new Refusal(400, field + " - " + Start.ALLOWED);
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
