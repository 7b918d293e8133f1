package io.amebobridge.cli;

import io.amebobridge.core.deadletter.DeadLetterFilter;
import io.amebobridge.core.deadletter.DeadLetterReader;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class DeadLetterOptions {
  @Option(names = "--route", paramLabel = "NAME", description = "Only of this route.")
  private @Nullable String route;

  @Option(names = "--source", paramLabel = "NAME", description = "Only of this source.")
  private @Nullable String source;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Only with this in the reason.")
  private @Nullable String reason;

  @Option(
      names = "--from",
      paramLabel = "INSTANT",
      description = "Stored at this time or later, such as 2026-11-22T10:00:00Z.")
  private @Nullable String from;

  @Option(names = "--before", paramLabel = "INSTANT", description = "Stored before this time.")
  private @Nullable String before;

  DeadLetterFilter filter(Set<StoredDeadLetter.State> states) {
    return new DeadLetterFilter(
        route, source, reason, instant("--from", from), instant("--before", before), states);
  }

  /** The letter of this id; that there is none is wrong usage. */
  static StoredDeadLetter find(DeadLetterReader reader, String id) throws IOException {
    try {
      return reader
          .find(id)
          .orElseThrow(() -> new Failures.WrongUsage("there is no dead letter " + id));
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }

  /** These ids in the order in which the letters were stored, each once. */
  static List<String> inOrder(List<String> ids) {
    try {
      return DeadLetterReader.inOrder(ids);
    } catch (IllegalArgumentException e) {
      throw new Failures.WrongUsage(e.getMessage());
    }
  }

  private static @Nullable Instant instant(String option, @Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new Failures.WrongUsage(
          option + ": got " + text + ", allowed: an instant such as 2026-11-22T10:00:00Z");
    }
  }
}
