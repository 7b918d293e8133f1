package io.amebobridge.server;

import io.amebobridge.client.Secret;
import io.amebobridge.server.store.Dsn;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What the server is started with. Immutable; refuses what cannot work.
 *
 * @param dsn {@code sqlite:<file>}, whose directory is created, or {@code
 *     postgresql://user:password@host:port/database}, see {@link Dsn#parse}
 * @param host the interface to listen on
 * @param port 0 for any free one
 * @param adminPassword null: generated once and kept in a file, see {@link #keptSecrets}
 * @param secret AMEBO_SECRET, from which the keys for tokens and stored secrets are derived; null:
 *     generated once and kept in a file, see {@link #keptSecrets}
 * @param maxPayloadBytes the largest payload of one event
 * @param http what HTTP clients may do
 * @param clock the time that is stored; timers run on the JVM's own
 */
public record ServerConfig(
    String dsn,
    String host,
    int port,
    String adminUsername,
    @Nullable Secret adminPassword,
    @Nullable Secret secret,
    int maxPayloadBytes,
    DeliverySettings delivery,
    HttpSettings http,
    InstantSource clock) {
  public static final String DEFAULT_DSN = "sqlite:./data/amebo.db";
  public static final int DEFAULT_MAX_PAYLOAD_BYTES = 1 << 20;
  private static final int LARGEST_PAYLOAD = 64 << 20;

  public ServerConfig {
    Dsn.parse(dsn);
    require(!host.isBlank(), "host", host, "a name or an address");
    require(port >= 0 && port <= 65_535, "port", port, "0 (any) to 65535");
    require(!adminUsername.isBlank(), "adminUsername", adminUsername, "a name");
    require(
        maxPayloadBytes >= 1024 && maxPayloadBytes <= LARGEST_PAYLOAD,
        "maxPayloadBytes",
        maxPayloadBytes,
        "1024 to " + LARGEST_PAYLOAD);
  }

  /** A server on 127.0.0.1, any port, user {@code admin}, generated secrets. */
  public static ServerConfig of(String dsn) {
    return new ServerConfig(
        dsn,
        "127.0.0.1",
        0,
        "admin",
        null,
        null,
        DEFAULT_MAX_PAYLOAD_BYTES,
        DeliverySettings.defaults(),
        HttpSettings.defaults(),
        InstantSource.system());
  }

  public ServerConfig withHost(String value) {
    return new ServerConfig(
        dsn,
        value,
        port,
        adminUsername,
        adminPassword,
        secret,
        maxPayloadBytes,
        delivery,
        http,
        clock);
  }

  public ServerConfig withPort(int value) {
    return new ServerConfig(
        dsn,
        host,
        value,
        adminUsername,
        adminPassword,
        secret,
        maxPayloadBytes,
        delivery,
        http,
        clock);
  }

  /** The administrator; a null password is generated. */
  public ServerConfig withAdmin(String username, @Nullable Secret password) {
    return new ServerConfig(
        dsn, host, port, username, password, secret, maxPayloadBytes, delivery, http, clock);
  }

  /** AMEBO_SECRET. */
  public ServerConfig withSecret(@Nullable Secret value) {
    return new ServerConfig(
        dsn,
        host,
        port,
        adminUsername,
        adminPassword,
        value,
        maxPayloadBytes,
        delivery,
        http,
        clock);
  }

  public ServerConfig withMaxPayloadBytes(int value) {
    return new ServerConfig(
        dsn, host, port, adminUsername, adminPassword, secret, value, delivery, http, clock);
  }

  public ServerConfig withDelivery(DeliverySettings value) {
    return new ServerConfig(
        dsn, host, port, adminUsername, adminPassword, secret, maxPayloadBytes, value, http, clock);
  }

  public ServerConfig withHttp(HttpSettings value) {
    return new ServerConfig(
        dsn,
        host,
        port,
        adminUsername,
        adminPassword,
        secret,
        maxPayloadBytes,
        delivery,
        value,
        clock);
  }

  public ServerConfig withClock(InstantSource value) {
    return new ServerConfig(
        dsn,
        host,
        port,
        adminUsername,
        adminPassword,
        secret,
        maxPayloadBytes,
        delivery,
        http,
        value);
  }

  /** Where the database is. */
  public Dsn database() {
    return Dsn.parse(dsn);
  }

  /**
   * What the names of the files with generated secrets begin with: beside a SQLite file, else in
   * {@code ./data}.
   */
  Path keptSecrets() {
    return database() instanceof Dsn.Sqlite sqlite
        ? sqlite.file()
        : Path.of("data", "amebo").toAbsolutePath();
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "ServerConfig[dsn=" + Dsn.masked(dsn) + ", host=" + host + ", port=" + port + "]";
  }

  private static void require(boolean holds, String name, Object got, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": got " + got + ", allowed: " + allowed);
    }
  }
}
