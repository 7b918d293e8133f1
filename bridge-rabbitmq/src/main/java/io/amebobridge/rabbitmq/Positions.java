package io.amebobridge.rabbitmq;

import io.amebobridge.core.SourceException;
import io.amebobridge.core.files.DurableFiles;
import io.amebobridge.core.files.FileLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a source's streams are read, in a file that one process holds: by AMQP the broker keeps
 * none of it. Written at most each second, and on close. Confined to the pump's thread.
 */
final class Positions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Positions.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RabbitSettings settings;
  private final Path file;
  private final FileLock lock;
  private final Map<String, StreamPosition> streams;
  private final Retry retry;
  private boolean changed;
  private long writtenAt;
  private @Nullable String trouble;

  private Positions(
      RabbitSettings settings, Path file, FileLock lock, Map<String, StreamPosition> streams) {
    this.settings = settings;
    this.file = file;
    this.lock = lock;
    this.streams = streams;
    retry = new Retry(LOG, settings.name() + ": the positions can't be written");
  }

  /**
   * Opens the file, or the place where it will be.
   *
   * @throws SourceException temporary where another process holds it; permanent where it is damaged
   *     or another source's
   */
  static Positions open(RabbitSettings settings, Path file) throws SourceException {
    FileLock lock = null;
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) DurableFiles.createDirectories(directory);
      lock =
          FileLock.take(
              file.resolveSibling(file.getFileName() + ".lock"),
              file,
              "stop it, or give this source a file of its own");
      Positions positions = new Positions(settings, file, lock, read(settings, file));
      lock = null;
      return positions;
    } catch (IOException e) {
      throw SourceException.temporary(place(settings) + why(e), e);
    } finally {
      if (lock != null) closeQuietly(lock);
    }
  }

  /**
   * What the file says; may be read while another process holds it.
   *
   * @return by queue; empty where there is no file yet
   */
  static Map<String, StreamPosition> read(RabbitSettings settings, Path file)
      throws SourceException {
    try {
      PositionsFile found = PositionsFile.read(file);
      if (found == null) return new TreeMap<>();
      String owner = found.source() + " (virtual host " + found.virtualHost() + ")";
      String self = settings.name() + " (virtual host " + settings.virtualHost() + ")";
      if (owner.equals(self)) return new TreeMap<>(found.streams());
      throw SourceException.permanent(
          place(settings)
              + file
              + " belongs to source "
              + owner
              + "; give source "
              + self
              + " a file of its own",
          null);
    } catch (IOException e) {
      throw SourceException.permanent(
          place(settings)
              + file
              + " "
              + why(e)
              + "; bring it back as it was: without it the streams would be read from "
              + settings.place()
              + ".start",
          e);
    }
  }

  private static String place(RabbitSettings settings) {
    return settings.place() + ".positions.file: ";
  }

  private static String why(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Null: this stream was never read. */
  @Nullable StreamPosition get(String queue) {
    return streams.get(queue);
  }

  void put(String queue, StreamPosition position) {
    if (!position.equals(streams.put(queue, position))) changed = true;
  }

  /** Durable on return. */
  void write() throws SourceException {
    try {
      new PositionsFile(settings.name(), settings.virtualHost(), streams).write(file);
      changed = false;
      writtenAt = System.nanoTime();
    } catch (IOException e) {
      throw SourceException.temporary(
          place(settings) + file + " can't be written: " + why(e) + "; make room there", e);
    }
  }

  /** Writes what has changed, if it is time; what can't be written is tried again. */
  void step() {
    if (!changed || System.nanoTime() - writtenAt < INTERVAL_NANOS || !retry.isDue()) return;
    writeOrSay();
  }

  private void writeOrSay() {
    try {
      write();
      if (trouble != null) retry.over();
      trouble = null;
    } catch (SourceException e) {
      trouble = String.valueOf(e.getMessage());
      retry.failed(trouble);
    }
  }

  /** Why nothing is written, for people; null: all is well. */
  @Nullable String trouble() {
    return trouble;
  }

  /** Closes it without a last word. */
  void abandon() {
    changed = false;
    close();
  }

  @Override
  public void close() {
    try (lock) {
      if (changed) writeOrSay();
    } catch (IOException e) {
      LOG.debug("{}: closing {}: {}", settings.name(), file, e.toString());
    }
  }

  private static void closeQuietly(FileLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.debug("closing a lock: {}", e.toString());
    }
  }
}
