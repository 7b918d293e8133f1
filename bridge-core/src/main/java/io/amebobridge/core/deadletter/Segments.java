package io.amebobridge.core.deadletter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files in a directory of dead letters. */
record Segments(Path directory) {
  private static final Pattern NAME = Pattern.compile("(\\d{8,18})\\.ndjson");

  /** Their numbers, growing; none where there is no directory. */
  List<Long> numbers() throws IOException {
    if (!Files.isDirectory(directory)) return List.of();
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(f -> NAME.matcher(f.getFileName().toString()))
          .filter(Matcher::matches)
          .map(m -> Long.valueOf(m.group(1)))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  Path path(long number) {
    return directory.resolve(String.format("%08d.ndjson", number));
  }

  Path lock() {
    return directory.resolve("lock");
  }

  Path journal() {
    return directory.resolve("replays.ndjson");
  }

  Path journalLock() {
    return directory.resolve("replays.lock");
  }
}
