package io.amebobridge.server;

import io.amebobridge.client.Secret;
import io.amebobridge.server.cluster.ClusterSettings;
import io.amebobridge.server.store.Dsn;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the server is started with. Immutable: each {@code with} gives a changed copy, and refuses
 * what cannot work with an IllegalArgumentException {@code name: got x, allowed: y}.
 */
public final class ServerConfig {
  public static final String DEFAULT_DSN = "sqlite:./data/amebo.db";
  public static final int DEFAULT_MAX_PAYLOAD_BYTES = 1 << 20;
  private static final int LARGEST_PAYLOAD = 64 << 20;

  // Set only by those who make a copy.
  private String dsn;
  private String host = "127.0.0.1";
  private int port;
  private String adminUsername = "admin";
  private @Nullable Secret adminPassword;
  private @Nullable Secret secret;
  private @Nullable Secret previousSecret;
  private int maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES;
  private DeliverySettings delivery = DeliverySettings.defaults();
  private HttpSettings http = HttpSettings.defaults();
  private RetentionSettings retention = RetentionSettings.defaults();
  private ClusterSettings cluster = ClusterSettings.defaults();
  private InstantSource clock = InstantSource.system();
  private boolean migrate = true;

  private ServerConfig(String dsn) {
    this.dsn = dsn;
  }

  private ServerConfig(ServerConfig from) {
    dsn = from.dsn;
    host = from.host;
    port = from.port;
    adminUsername = from.adminUsername;
    adminPassword = from.adminPassword;
    secret = from.secret;
    previousSecret = from.previousSecret;
    maxPayloadBytes = from.maxPayloadBytes;
    delivery = from.delivery;
    http = from.http;
    retention = from.retention;
    cluster = from.cluster;
    clock = from.clock;
    migrate = from.migrate;
  }

  /** A server on 127.0.0.1, any port, user {@code admin}, generated secrets. */
  public static ServerConfig of(String dsn) {
    return new ServerConfig(DEFAULT_DSN).withDsn(dsn);
  }

  private ServerConfig with(Consumer<ServerConfig> change) {
    ServerConfig copy = new ServerConfig(this);
    change.accept(copy);
    return copy;
  }

  /**
   * {@code sqlite:<file>}, whose directory is created, or {@code
   * postgresql://user:password@host:port/database}, see {@link Dsn#parse}.
   */
  public ServerConfig withDsn(String value) {
    Dsn.parse(value);
    return with(copy -> copy.dsn = value);
  }

  /** The interface to listen on. */
  public ServerConfig withHost(String value) {
    require(!value.isBlank(), "host", value, "a name or an address");
    return with(copy -> copy.host = value);
  }

  /** 0 for any free one. */
  public ServerConfig withPort(int value) {
    require(value >= 0 && value <= 65_535, "port", value, "0 (any) to 65535");
    return with(copy -> copy.port = value);
  }

  /**
   * The administrator; a null password is generated once and kept in a file, see {@link
   * #keptSecrets}.
   */
  public ServerConfig withAdmin(String username, @Nullable Secret password) {
    require(!username.isBlank(), "adminUsername", username, "a name");
    return with(
        copy -> {
          copy.adminUsername = username;
          copy.adminPassword = password;
        });
  }

  /**
   * AMEBO_SECRET, from which the keys for tokens and stored secrets are derived; null: generated
   * once and kept in a file, see {@link #keptSecrets}.
   */
  public ServerConfig withSecret(@Nullable Secret value) {
    return with(copy -> copy.secret = value);
  }

  /** AMEBO_PREVIOUS_SECRET: the one that AMEBO_SECRET replaces; null where it replaces none. */
  public ServerConfig withPreviousSecret(@Nullable Secret value) {
    return with(copy -> copy.previousSecret = value);
  }

  /** The largest payload of one event. */
  public ServerConfig withMaxPayloadBytes(int value) {
    boolean fits = value >= 1024 && value <= LARGEST_PAYLOAD;
    require(fits, "maxPayloadBytes", value, "1024 to " + LARGEST_PAYLOAD);
    return with(copy -> copy.maxPayloadBytes = value);
  }

  public ServerConfig withDelivery(DeliverySettings value) {
    return with(copy -> copy.delivery = value);
  }

  /** What HTTP clients may do. */
  public ServerConfig withHttp(HttpSettings value) {
    return with(copy -> copy.http = value);
  }

  /** What is removed, and when. */
  public ServerConfig withRetention(RetentionSettings value) {
    return with(copy -> copy.retention = value);
  }

  /** How a PostgreSQL database is shared with other servers. */
  public ServerConfig withCluster(ClusterSettings value) {
    return with(copy -> copy.cluster = value);
  }

  /** The time that is stored; timers run on the JVM's own. */
  public ServerConfig withClock(InstantSource value) {
    return with(copy -> copy.clock = value);
  }

  /** False: it starts only where the database's schema is current. */
  public ServerConfig withMigrate(boolean value) {
    return with(copy -> copy.migrate = value);
  }

  public String dsn() {
    return dsn;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public String adminUsername() {
    return adminUsername;
  }

  public @Nullable Secret adminPassword() {
    return adminPassword;
  }

  public @Nullable Secret secret() {
    return secret;
  }

  public @Nullable Secret previousSecret() {
    return previousSecret;
  }

  public int maxPayloadBytes() {
    return maxPayloadBytes;
  }

  public DeliverySettings delivery() {
    return delivery;
  }

  public HttpSettings http() {
    return http;
  }

  public RetentionSettings retention() {
    return retention;
  }

  public ClusterSettings cluster() {
    return cluster;
  }

  public InstantSource clock() {
    return clock;
  }

  public boolean migrate() {
    return migrate;
  }

  /** Where the database is. */
  public Dsn database() {
    return Dsn.parse(dsn);
  }

  /**
   * What the names of the files with generated secrets begin with: beside a SQLite file, else in
   * {@code ./data}.
   */
  public Path keptSecrets() {
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
