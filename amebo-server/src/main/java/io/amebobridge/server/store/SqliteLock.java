package io.amebobridge.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The lock beside a SQLite file, for who has the file alone. */
public final class SqliteLock {
  private SqliteLock() {}

  /** Where it is. */
  public static Path of(Path file) {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  /** Takes it until the channel is closed; empty where another has it, here or elsewhere. */
  public static Optional<FileChannel> tryTake(Path file) throws IOException {
    Path path = of(file);
    Files.createDirectories(path.toAbsolutePath().getParent());
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException e) {
      // this very process has it
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }
}
