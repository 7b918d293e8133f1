package io.amebobridge.core;

import io.amebobridge.core.config.ConfigSection;
import io.amebobridge.core.deadletter.DeadLetterCopies;
import java.util.List;

/**
 * What a {@link Connector} is too whose broker can take copies of dead letters, whatever kind of
 * source they come from. Stateless and thread-safe.
 */
public interface DeadLetterConnector {
  /** The key in {@code deadLetters} that names it, the same as in a source. */
  String type();

  /**
   * Reads its part of {@code deadLetters}; what is wrong becomes problems there, nothing is thrown
   * and nothing is connected.
   *
   * @param section with a subsection of client options under {@link #type()}; the caller reads the
   *     keys that all have, and refuses unknown ones afterwards
   */
  CopiesFactory configure(ConfigSection section);

  /** A configured place for copies. Immutable. */
  interface CopiesFactory {
    /**
     * Connects and checks the place. A broker that is away is no failure: copies wait for it.
     *
     * @throws SinkException only where somebody must act
     */
    DeadLetterCopies open() throws SinkException, InterruptedException;

    /**
     * Connects and looks for the place, without publishing or changing anything; throws what stands
     * in the way.
     *
     * @return lines for people
     */
    List<String> inspect() throws SinkException, InterruptedException;
  }
}
