package io.amebobridge.core.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Held by one process at a time; the system frees it when the process dies, however it dies.
 * Thread-safe.
 */
public final class FileLock implements Closeable {
  private final FileChannel channel;

  private FileLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it or refuses.
   *
   * @param path of the lock's own file, in a directory that is there
   * @param what it protects, for messages
   * @param remedy what to do about the other one
   * @throws IOException where another holds it, in this process or another, or the file can't be
   *     written
   */
  public static FileLock take(Path path, Path what, String remedy) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        channel.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        return new FileLock(channel);
      }
    } catch (OverlappingFileLockException sameProcess) {
      // refused below like another process
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    String holder = Files.readString(path).strip();
    throw new IOException(what + " is in use by process " + holder + "; " + remedy);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
