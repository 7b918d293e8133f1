package io.amebobridge.core.deadletter;

import io.amebobridge.core.files.DurableFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

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
      DurableFiles.syncDirectory(path.toAbsolutePath().getParent());
    }
    return new OnDisk(file);
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
