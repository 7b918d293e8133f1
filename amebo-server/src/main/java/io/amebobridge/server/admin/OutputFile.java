package io.amebobridge.server.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that is to be written: never over the database itself, over others only where told. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Refuses what must not be written over.
   *
   * @param own the database's files, there or not
   * @param over whether another file may be replaced
   */
  static void check(Path file, List<Path> own, boolean over) throws IOException {
    for (Path mine : own) {
      if (isSame(file, mine) || isSame(Durable.partial(file), mine)) {
        throw new AdminException(
            file + " is the database's own file " + mine + "; choose another name");
      }
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new AdminException(file + " is not a regular file; choose another name");
    }
    if (Files.exists(file) && !over) {
      throw new AdminException(file + " exists; --force replaces it");
    }
  }

  /** However they are spelled; those that are not there yet are told by their directory. */
  private static boolean isSame(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isSameFile(one, other);
    }
    return real(one).equals(real(other));
  }

  private static Path real(Path file) throws IOException {
    Path full = file.toAbsolutePath().normalize();
    Path directory = full.getParent();
    return directory == null || !Files.exists(directory)
        ? full
        : directory.toRealPath().resolve(full.getFileName());
  }
}
