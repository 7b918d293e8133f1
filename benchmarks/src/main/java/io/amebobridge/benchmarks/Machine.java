package io.amebobridge.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What the machine and the bare database give, without any server. */
final class Machine {
  private Machine() {}

  /** Appends of 4 KiB, each forced to the disk, per second. */
  static double fsyncs(Path dir, Duration time) throws IOException {
    Path file = Files.createTempFile(dir, "fsync", "");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(4096);
      long end = System.nanoTime() + time.toNanos();
      long began = System.nanoTime();
      long count = 0;
      for (; System.nanoTime() < end; count++) {
        channel.write(block.clear());
        channel.force(false);
      }
      return count / ((System.nanoTime() - began) / 1e9);
    } finally {
      Files.delete(file);
    }
  }

  /**
   * The 99th percentile of what such an append takes, from the moment it is due, in ms: a disk that
   * halts now and then halts whoever waits for it.
   */
  static double fsyncDelay(Path dir, int perSecond, Duration time)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile(dir, "fsync", "");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(4096);
      Histogram micros = new Histogram(3);
      long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
      long began = System.nanoTime();
      for (long due = began; due - began < time.toNanos(); due += period) {
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        channel.write(block.clear());
        channel.force(false);
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
      }
      return micros.getValueAtPercentile(99) / 1e3;
    } finally {
      Files.delete(file);
    }
  }

  /** Inserts per second with so many in each transaction, on one connection. */
  static double inserts(Connection connection, int each, String payload, Duration time)
      throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS bare");
      statement.execute(
          "CREATE TABLE bare (id BIGINT PRIMARY KEY, deduper TEXT UNIQUE, payload TEXT NOT NULL)");
    }
    connection.setAutoCommit(false);
    long end = System.nanoTime() + time.toNanos();
    long began = System.nanoTime();
    long id = 0;
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO bare VALUES (?, ?, ?)")) {
      while (System.nanoTime() < end) {
        for (int i = 0; i < each; i++) {
          insert.setLong(1, ++id);
          insert.setString(2, "d" + id);
          insert.setString(3, payload);
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
      }
    }
    double perSecond = id / ((System.nanoTime() - began) / 1e9);
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE bare");
    }
    return perSecond;
  }

  /** VmRSS of a process. */
  static long residentMegabytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  /** What a process has used so far. */
  static double processorSeconds(long pid) {
    return ProcessHandle.of(pid).flatMap(p -> p.info().totalCpuDuration()).orElseThrow().toNanos()
        / 1e9;
  }
}
