package io.amebobridge.brokers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL in a process of its own, on a port of the loopback address that stays the same
 * over restarts. Ends with this JVM, even if that is killed. Nothing has to be installed, and root
 * may start it. Not thread-safe, but for {@link #shared} and {@link #createDatabase}.
 */
public final class PostgresProcess implements Broker {
  public static final String USER = "amebo";
  public static final String PASSWORD = "local p@ss/word";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable PostgresProcess shared;

  private final Path directory;
  private final Path programs;
  private final int port;
  private final List<String> wrapper;
  private final List<String> settings;
  private final OwnedProcess process = new OwnedProcess();
  private final OwnedProcess watch = new OwnedProcess();

  private PostgresProcess(Path directory, List<String> wrapper, List<String> settings)
      throws IOException {
    this.directory = directory;
    this.wrapper = List.copyOf(wrapper);
    this.settings = List.copyOf(settings);
    this.programs = PostgresPrograms.directory();
    this.port = FreePorts.next();
  }

  /**
   * One for all tests of this JVM, started when it is first asked for; its data ends with the JVM.
   * It does not wait for the disk. Whoever kills or stops it takes {@link #fresh} instead.
   */
  public static synchronized PostgresProcess shared() throws IOException, InterruptedException {
    if (shared == null) {
      PostgresProcess started = fresh("fsync=off", "full_page_writes=off");
      started.start();
      shared = started;
    }
    return shared;
  }

  /**
   * One of the caller's own, not yet started; its data ends with the JVM.
   *
   * @param settings such as {@code fsync=off}
   */
  public static PostgresProcess fresh(String... settings) throws IOException {
    return within(List.of(), settings);
  }

  /**
   * The same, started by a command that becomes it, such as {@code nsenter}: its files may then be
   * on a disk that only it sees.
   */
  public static PostgresProcess within(List<String> wrapper, String... settings)
      throws IOException {
    Path directory = Files.createTempDirectory("amebo-postgres-data");
    PostgresProcess made = new PostgresProcess(directory, wrapper, List.of(settings));
    Runtime.getRuntime().addShutdownHook(new Thread(made::discard, "end-local-postgres"));
    return made;
  }

  private void discard() {
    close();
    delete(directory);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    if (process.isAlive()) throw new IllegalStateException("already running at " + endpoint());
    if (!Files.exists(data().resolve("PG_VERSION"))) initialize();
    List<String> command = new ArrayList<>();
    command.addAll(List.of(programs.resolve("postgres").toString(), "-D", data().toString()));
    command.addAll(List.of("-p", String.valueOf(port), "-h", "127.0.0.1", "-k", ""));
    command.addAll(List.of("-c", "shared_buffers=32MB", "-c", "max_connections=100"));
    for (String setting : settings) command.addAll(List.of("-c", setting));
    List<String> wrapped = new ArrayList<>(wrapper);
    wrapped.addAll(PostgresPrograms.asOrdinaryUser(command));
    process.start(wrapped, logFile());
    String pid = String.valueOf(process.handle().pid());
    // Its input ends with this JVM, however that ends.
    watch.start(List.of("sh", "-c", "cat >/dev/null; kill -QUIT \"$1\"", "watch", pid), logFile());
    awaitAnswer();
  }

  private void initialize() throws IOException, InterruptedException {
    PostgresPrograms.giveToOrdinaryUser(directory);
    Path password = directory.resolve("password");
    Files.writeString(password, PASSWORD + "\n");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(programs.resolve("initdb").toString(), "-D", data().toString()));
    command.addAll(List.of("-U", USER, "--auth=scram-sha-256", "--pwfile=" + password));
    command.addAll(List.of("-N", "--encoding=UTF8", "--locale=C"));
    PostgresPrograms.run(PostgresPrograms.asOrdinaryUser(command));
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        connect("postgres").close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("PostgreSQL did not start:\n" + BrokerLog.tail(logFile()), e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Kills the server and all its processes; returns when none is left. */
  @Override
  public void kill9() throws InterruptedException {
    watch.kill9();
    if (!process.isAlive()) return;
    List<ProcessHandle> sessions = process.handle().children().toList();
    process.kill9();
    sessions.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle session : sessions) session.onExit().join();
  }

  /** Ends all sessions, writes everything, stops. */
  @Override
  public void stop() throws IOException, InterruptedException {
    watch.kill9();
    if (!process.isAlive()) return;
    process.signal("INT");
    process.stop(STOP_LIMIT);
  }

  @Override
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    process.signal(name.substring(1));
    for (ProcessHandle session : process.handle().children().toList()) {
      new ProcessBuilder("kill", name, String.valueOf(session.pid())).start().waitFor();
    }
  }

  @Override
  public String endpoint() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** A new, empty database; returns its {@link #dsn}. */
  public String createDatabase() throws SQLException {
    return copyDatabase("template1");
  }

  /** A new database with all that another has, to which nobody may be connected; its DSN. */
  public String copyDatabase(String other) throws SQLException {
    String name = "test" + DATABASES.incrementAndGet();
    execute("CREATE DATABASE \"" + name + "\" TEMPLATE \"" + other + "\"");
    return dsn(name);
  }

  public void createDatabase(String name) throws SQLException {
    execute("CREATE DATABASE \"" + name + "\"");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** {@code postgresql://user:password@host:port/database}, for a server. */
  public String dsn(String database) {
    return dsn(database, endpoint());
  }

  /** The same by way of another endpoint, such as a {@link Relay}'s. */
  public static String dsn(String database, String endpoint) {
    String password = PASSWORD.replace("%", "%25").replace("@", "%40").replace("/", "%2F");
    return "postgresql://"
        + USER
        + ":"
        + password.replace(" ", "%20")
        + "@"
        + endpoint
        + "/"
        + database;
  }

  /** A session of the tests' own, as superuser. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + endpoint() + "/" + database + "?connectTimeout=5", USER, PASSWORD);
  }

  /** What the server says. */
  public Path logFile() {
    return directory.resolve("postgres.log");
  }

  private Path data() {
    return directory.resolve("data");
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      kill9();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | java.io.UncheckedIOException e) {
      // the system's own cleaning of temporary files takes it
    }
  }
}
