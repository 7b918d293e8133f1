package io.amebobridge.benchmarks;

import io.amebobridge.brokers.PostgresProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.jspecify.annotations.Nullable;

/** Fresh databases of one kind, with everything on that keeps committed data. */
final class Engine implements AutoCloseable {
  private final String name;
  private final Path dir;
  private final @Nullable PostgresProcess postgres;
  private int databases;

  Engine(String name, Path dir) throws Exception {
    this.name = name;
    this.dir = dir;
    this.postgres =
        switch (name) {
          case "sqlite" -> null;
          case "postgresql" -> PostgresProcess.fresh("fsync=on", "full_page_writes=on");
          default ->
              throw new IllegalArgumentException(
                  "--engines: got " + name + ", allowed: sqlite, postgresql");
        };
    if (postgres != null) {
      postgres.start();
    }
  }

  String name() {
    return name;
  }

  AmeboTarget amebo() throws Exception {
    Path place = place();
    String dsn =
        postgres == null ? "sqlite:" + place.resolve("amebo.db") : postgres.createDatabase();
    return new AmeboTarget(name, dsn, place);
  }

  Target handMade() throws Exception {
    Path place = place();
    return new HandMadeTarget(name, jdbcUrl(place), place);
  }

  /** A bare connection to a fresh database. */
  Connection connect() throws Exception {
    return DriverManager.getConnection(jdbcUrl(place()));
  }

  private String jdbcUrl(Path place) throws Exception {
    return postgres == null
        ? "jdbc:sqlite:" + place.resolve("bare.db") + "?journal_mode=WAL&synchronous=FULL"
        : jdbcUrl(postgres.createDatabase());
  }

  /** The driver takes user and password as options. */
  private static String jdbcUrl(String dsn) {
    java.net.URI uri = java.net.URI.create(dsn);
    String[] user = uri.getRawUserInfo().split(":", 2);
    return "jdbc:postgresql://"
        + uri.getRawAuthority().substring(uri.getRawUserInfo().length() + 1)
        + uri.getRawPath()
        + "?user="
        + user[0]
        + "&password="
        + user[1];
  }

  private Path place() throws Exception {
    return Files.createDirectories(dir.resolve(name + "-" + ++databases));
  }

  @Override
  public void close() {
    if (postgres != null) {
      postgres.close();
    }
  }
}
