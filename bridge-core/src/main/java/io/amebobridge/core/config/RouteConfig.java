package io.amebobridge.core.config;

import io.amebobridge.core.Selector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of {@code routes:}. The first route that takes a message decides what becomes of it.
 * Immutable.
 *
 * @param name unique; {@code routes[i]} where none is given
 * @param path where it stands in the file, such as {@code routes[0]}
 * @param source the name of the source it reads from
 * @param selectors per variable, the alternatives: one of each variable's must match
 * @param format the name of the body's format
 * @param when takes only messages for which this is true; null takes all
 * @param drop a named filter: what it takes is left out
 * @param onTombstone what becomes of a message without a body
 * @param forEach gives a list: one event per element, which is {@code $item}; null for one event
 * @param events what a message becomes; empty only with drop
 */
public record RouteConfig(
    String name,
    String path,
    int line,
    String source,
    Map<String, List<Selector>> selectors,
    String format,
    @Nullable Expression when,
    boolean drop,
    Tombstone onTombstone,
    @Nullable Expression forEach,
    List<EventConfig> events) {
  /** What becomes of a message without a body. */
  public enum Tombstone {
    /** To the dead letters, the default: nobody has said what it means. */
    DEAD_LETTER,
    /** Left out on purpose. */
    DROP,
    /** An event like any other; expressions see no body. */
    MAP;

    static final List<String> WORDS = List.of("deadLetter", "drop", "map");

    static Tombstone of(String word) {
      return switch (word) {
        case "drop" -> DROP;
        case "map" -> MAP;
        default -> DEAD_LETTER;
      };
    }
  }

  public RouteConfig {
    selectors = Map.copyOf(selectors);
    events = List.copyOf(events);
    if (drop != events.isEmpty()) {
      throw new IllegalArgumentException(path + ": either drop, or at least one event");
    }
  }

  /** Whether one message may become several events, so that their ids need a suffix (rule 4). */
  public boolean isFanOut() {
    return forEach != null || events.size() > 1;
  }

  /**
   * One event that a route gives.
   *
   * @param when gives it only where this is true; null always
   * @param key the ordering key; null for the message's own
   */
  public record EventConfig(
      String path,
      @Nullable Expression when,
      Template action,
      Payload payload,
      @Nullable Template key) {}
}
