package io.amebobridge.core.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes that are on the disk on return, names included. Stateless. */
public final class DurableFiles {
  private DurableFiles() {}

  /** Makes a directory and those above it, where they are missing. */
  public static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) return;
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) createDirectories(parent);
    Files.createDirectories(directory);
    if (parent != null) syncDirectory(parent);
  }

  /** Makes the names in a directory durable. */
  public static void syncDirectory(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          // A thread on its way out still has something to keep.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /**
   * Puts a file in the place of another, or of none: whenever the machine stops, one of the two is
   * there, whole. One thread at a time may do this to a file; its directory must be there.
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    // Not a channel: an interrupted thread would close it.
    try (RandomAccessFile out = new RandomAccessFile(fresh.toFile(), "rw")) {
      out.setLength(0);
      out.write(content);
      out.getFD().sync();
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) syncDirectory(directory);
  }
}
