package io.amebobridge.core;

import io.amebobridge.core.config.ConfigSection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An adapter's one public door. Stateless and thread-safe. */
public interface Connector {
  /** The key in the config that names it, such as {@code kafka}. */
  String type();

  /** The variables that a route's {@code from} may select by, such as {@code topic}. */
  Set<String> selectors();

  /**
   * Whether {@code $headers} are more than text: then they are among {@link Origin#variables()}.
   */
  default boolean typedHeaders() {
    return false;
  }

  /** The action of a route that names none: text with JSONata inside {@code {{ }}}. */
  default String defaultAction() {
    return "{{ $topic }}";
  }

  /**
   * Reads its part of the config; what is wrong becomes problems there, nothing is thrown and
   * nothing is connected.
   *
   * @param name the source's name
   * @param section {@code sources.<name>}, with a subsection of client options under {@link
   *     #type()}; the caller refuses unknown keys of {@code section} afterwards
   * @param selected per route that reads from this source, what it selects by; that there is one is
   *     the caller's to check
   */
  SourceFactory configure(String name, ConfigSection section, List<List<Selector>> selected);

  /** Makes a configured source. Immutable. */
  interface SourceFactory {
    /** A new source, not yet open. */
    MessageSource create();

    /**
     * Connects and looks, without joining a group, committing or changing anything; throws what
     * stands in the way.
     *
     * @param samples at most this many messages to return, the first that the start position would
     *     give
     */
    Inspection inspect(int samples) throws SourceException, InterruptedException;

    /**
     * What there is at the source's broker: what to know before a move. Only looks.
     *
     * @return empty where the adapter has no inventory
     */
    default Optional<Inventory> inventory() throws SourceException, InterruptedException {
      return Optional.empty();
    }
  }

  /**
   * What an inspection found.
   *
   * @param facts lines for people, such as the topics with their partitions and the lag ahead
   * @param warnings what should be looked at before running
   */
  record Inspection(List<String> facts, List<String> warnings, List<Message> samples) {}
}
