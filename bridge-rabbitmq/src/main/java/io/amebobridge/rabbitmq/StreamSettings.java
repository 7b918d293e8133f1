package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import io.amebobridge.core.config.ConfigSection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What only streams need. Whether there are any is known once the broker was asked, so what is
 * missing is an error then.
 *
 * @param start where to begin on the first start; null: not said
 * @param positions the file that says how far the streams are read; null: not said
 * @param continueAfterLoss go on, after saying so, where messages were gone before they were read
 */
record StreamSettings(
    @Nullable StreamStart start, @Nullable Path positions, boolean continueAfterLoss) {
  static StreamSettings read(ConfigSection section) {
    ConfigSection positions = section.section("positions");
    Path file = null;
    if (section.has("positions")) {
      positions.required("file", "a file, such as ./data/positions.json");
      file = positions.file("file").orElse(null);
      positions.refuseUnknown();
    }
    boolean goOn =
        section.oneOf("lostOffsets", List.of("stop", "continue"), "stop").equals("continue");
    return new StreamSettings(start(section), file, goOn);
  }

  private static @Nullable StreamStart start(ConfigSection section) {
    Optional<String> text = section.text("start");
    try {
      return text.isPresent() ? StreamStart.parse(text.get()) : null;
    } catch (IllegalArgumentException e) {
      section.problem("start", String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** All that a stream needs. */
  record Complete(StreamStart start, Path positions) {}

  /**
   * All that a stream needs, or what is missing.
   *
   * @param queue the stream
   */
  Complete complete(RabbitSettings settings, String queue) throws SourceException {
    if (start != null && positions != null) return new Complete(start, positions);
    List<String> missing = new ArrayList<>();
    if (start == null) missing.add(settings.place() + ".start: " + StreamStart.ALLOWED);
    if (positions == null) {
      missing.add(
          settings.place()
              + ".positions.file: a file such as ./data/positions.json, where the bridge keeps how"
              + " far it has read, since RabbitMQ does not");
    }
    throw SourceException.permanent(
        settings.place()
            + ": queue "
            + queue
            + " is a stream; add "
            + String.join(" and ", missing),
        null);
  }

  /** Whether there is anything here that means nothing to a queue that is no stream. */
  boolean isGiven() {
    return start != null || positions != null;
  }
}
