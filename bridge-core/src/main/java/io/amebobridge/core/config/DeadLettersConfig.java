package io.amebobridge.core.config;

import io.amebobridge.core.DeadLetterConnector;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code deadLetters:} where messages go that can't be delivered.
 *
 * @param directory of the files
 * @param maxFileBytes a new file is begun after this
 * @param maxShare of dead letters among the last {@code window} messages, from 0 to 1; above it the
 *     pump stops: the mapping is wrong, not the messages. 1 never stops
 * @param copies a broker that gets each of them too; null: none
 */
public record DeadLettersConfig(
    Path directory,
    long maxFileBytes,
    double maxShare,
    int window,
    DeadLetterConnector.@Nullable CopiesFactory copies) {
  public DeadLettersConfig {
    if (maxFileBytes < 1) throw new IllegalArgumentException("maxFileBytes must be positive");
    if (!(maxShare >= 0 && maxShare <= 1)) throw new IllegalArgumentException("maxShare is 0 to 1");
    if (window < 1) throw new IllegalArgumentException("window must be positive");
  }

  /** Without copies. */
  public DeadLettersConfig(Path directory, long maxFileBytes, double maxShare, int window) {
    this(directory, maxFileBytes, maxShare, window, null);
  }
}
