package io.amebobridge.server.admin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that are whole and on the disk, or not there; only their owner reads them. */
final class Durable {
  private Durable() {}

  /** An empty file beside the one that it will become; what was there under its name goes. */
  static Path fresh(Path place) throws IOException {
    Path file = partial(place);
    Files.deleteIfExists(file);
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return Files.createFile(file, ownerOnly);
  }

  /** Where {@link #fresh} puts it. */
  static Path partial(Path place) {
    return place.resolveSibling(place.getFileName() + ".partial");
  }

  static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Puts a finished file in its place, over what is there. */
  static void move(Path fresh, Path place) throws IOException {
    force(fresh);
    Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path directory = place.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // a directory cannot be forced everywhere; where it can, it was
    }
  }
}
