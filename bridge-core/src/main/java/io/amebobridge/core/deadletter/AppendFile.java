package io.amebobridge.core.deadletter;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that grows at its end. The interface is here so that a test's disk can be full. */
interface AppendFile extends Closeable {
  void append(byte[] bytes) throws IOException;

  /** Durable on return, length included. */
  void sync() throws IOException;

  void truncate(long length) throws IOException;

  long length() throws IOException;

  /** Opens files. */
  interface Opener {
    AppendFile open(Path path) throws IOException;
  }

  /** Opens one, new or not; the file's name is durable on return. */
  static AppendFile onDisk(Path path) throws IOException {
    boolean isNew = !Files.exists(path);
    // Not a channel: an interrupted thread would close it under the others.
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    if (isNew) {
      file.getFD().sync();
      syncDirectory(path.toAbsolutePath().getParent());
    }
    return new OnDisk(file);
  }

  /** Makes the names in a directory durable. */
  static void syncDirectory(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException e) {
          // A thread on its way out still has letters to keep.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  /** The real thing. */
  record OnDisk(RandomAccessFile file) implements AppendFile {
    @Override
    public void append(byte[] bytes) throws IOException {
      file.seek(file.length());
      file.write(bytes);
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void truncate(long length) throws IOException {
      file.setLength(length);
    }

    @Override
    public long length() throws IOException {
      return file.length();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
