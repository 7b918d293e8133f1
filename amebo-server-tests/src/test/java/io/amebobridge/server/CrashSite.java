package io.amebobridge.server;

import io.amebobridge.brokers.PostgresProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A database that may be killed or have no more room, of a test's own. */
final class CrashSite implements AutoCloseable {
  private static final String DATABASE = "crash";
  private static final int NOBODY = 65534;
  private final Path dir;
  private final @Nullable SmallDisk disk;
  private final @Nullable PostgresProcess postgres;

  private CrashSite(Path dir, @Nullable SmallDisk disk, @Nullable PostgresProcess postgres) {
    this.dir = dir;
    this.disk = disk;
    this.postgres = postgres;
  }

  /**
   * Prepares it.
   *
   * @param disk where its data are; null: in the directory, or wherever PostgreSQL has them
   */
  static CrashSite of(Engine engine, Path dir, @Nullable SmallDisk disk) throws Exception {
    if (engine == Engine.SQLITE) {
      return new CrashSite(dir, disk, null);
    }
    PostgresProcess postgres =
        PostgresProcess.within(disk == null ? List.of() : disk.wrapper(), "fsync=on");
    postgres.start();
    if (disk == null) {
      postgres.createDatabase(DATABASE);
    } else {
      onDisk(postgres, disk);
    }
    return new CrashSite(dir, disk, postgres);
  }

  /** The tables are on the small disk, PostgreSQL's own log is not: that is another's test. */
  private static void onDisk(PostgresProcess postgres, SmallDisk disk) throws Exception {
    Path space = Files.createDirectory(disk.outside().resolve("space"));
    Files.setAttribute(space, "unix:uid", NOBODY);
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLESPACE small LOCATION '" + disk.inside() + "/space'");
      statement.execute("CREATE DATABASE " + DATABASE + " TABLESPACE small");
    }
  }

  String dsn() {
    if (postgres != null) {
      return postgres.dsn(DATABASE);
    }
    return Engine.SQLITE.dsn(disk == null ? dir : disk.inside());
  }

  /** What a server has to be started with. */
  List<String> wrapper() {
    return disk == null || postgres != null ? List.of() : disk.wrapper();
  }

  SmallDisk disk() {
    return Objects.requireNonNull(disk);
  }

  PostgresProcess postgres() {
    return Objects.requireNonNull(postgres);
  }

  /** A session of the test's own; on SQLite the server must have ended. */
  Connection connect() throws SQLException, IOException {
    if (postgres != null) {
      return postgres.connect(DATABASE);
    }
    if (disk == null) {
      return Engine.SQLITE.connect(dsn());
    }
    // SQLite would not find its way back through /proc.
    Path copy = Files.createDirectories(dir.resolve("copy"));
    try (Stream<Path> files = Files.list(disk.outside().resolve("data"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return DriverManager.getConnection("jdbc:sqlite:" + copy.resolve("amebo.db"));
  }

  @Override
  public void close() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
    if (disk != null) {
      disk.close();
    }
  }
}
