package io.amebobridge.brokers;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real single RabbitMQ node in a process of its own, from the programs that are installed (see
 * {@link #isInstalled()}), with the plug-ins for management, streams and the exchanges that come
 * with RabbitMQ. Its ports are chosen once, so that a restart lands on the same address with the
 * data it had. Ends with this JVM, even if that is killed. Logs below its directory. Not
 * thread-safe, but for virtual hosts.
 */
public final class RabbitProcess implements Broker {
  private static final List<String> PLUGINS =
      List.of(
          "rabbitmq_management",
          "rabbitmq_stream",
          "rabbitmq_consistent_hash_exchange",
          "rabbitmq_random_exchange",
          "rabbitmq_recent_history_exchange",
          "rabbitmq_sharding");
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration CONTROL_LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final Path programs;
  private final List<String> settings;
  private final RabbitPorts ports;
  private final RabbitManagement management;
  private final OwnedProcess process = new OwnedProcess();
  private final OwnedProcess watch = new OwnedProcess();

  private RabbitProcess(Path directory, List<String> settings) throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    this.settings = List.copyOf(settings);
    programs = RabbitPrograms.directory();
    ports = RabbitPorts.choose();
    management = new RabbitManagement(ports.management());
  }

  /** Whether there are programs to run a node from. */
  public static boolean isInstalled() {
    return RabbitPrograms.areInstalled();
  }

  /**
   * A node that keeps its data and its logs in this directory; not yet started.
   *
   * @param settings lines of its configuration file, such as {@code consumer_timeout = 5000}
   * @throws IOException also where RabbitMQ is not installed
   */
  public static RabbitProcess in(Path directory, String... settings) throws IOException {
    return new RabbitProcess(directory, List.of(settings));
  }

  @Override
  public void start() throws IOException, InterruptedException {
    if (process.isAlive()) throw new IllegalStateException("already running at " + endpoint());
    for (String each : List.of("mnesia", "log", "home", "config")) {
      Files.createDirectories(directory.resolve(each));
    }
    RabbitTls.make(directory);
    Files.writeString(directory.resolve("rabbitmq.conf"), configuration());
    Files.writeString(
        directory.resolve("enabled_plugins"), "[" + String.join(",", PLUGINS) + "].\n");
    // With this the script becomes the node: a signal to our child is one to the node.
    Map<String, String> environment = environment();
    environment.put("RUNNING_UNDER_SYSTEMD", "true");
    process.start(List.of(program("rabbitmq-server")), environment, logFile());
    watch();
    awaitAnswer();
  }

  private String configuration() {
    List<String> lines = new ArrayList<>();
    lines.add("listeners.tcp.default = 127.0.0.1:" + ports.amqp());
    lines.add("listeners.ssl.default = 127.0.0.1:" + ports.tls());
    lines.add("ssl_options.cacertfile = " + RabbitTls.certificate(directory));
    lines.add("ssl_options.certfile = " + RabbitTls.certificate(directory));
    lines.add("ssl_options.keyfile = " + RabbitTls.key(directory));
    lines.add("ssl_options.verify = verify_none");
    lines.add("management.tcp.ip = 127.0.0.1");
    lines.add("management.tcp.port = " + ports.management());
    lines.add("stream.listeners.tcp.1 = 127.0.0.1:" + ports.stream());
    lines.add("stream.advertised_host = 127.0.0.1");
    lines.add("stream.advertised_port = " + ports.stream());
    lines.add("log.console = false");
    lines.add("log.file.level = info");
    lines.add("disk_free_limit.absolute = 50MB");
    lines.add("vm_memory_high_watermark.absolute = 512MB");
    lines.addAll(settings);
    return String.join("\n", lines) + "\n";
  }

  /** Everything that the scripts would look for elsewhere on this machine. */
  private Map<String, String> environment() {
    Map<String, String> all = new HashMap<>();
    all.put("HOME", directory.resolve("home").toString()); // of .erlang.cookie
    all.put("ERL_EPMD_PORT", String.valueOf(ports.epmd()));
    all.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_NODENAME", "rabbit" + ports.amqp() + "@localhost");
    all.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_NODE_PORT", String.valueOf(ports.amqp()));
    all.put("RABBITMQ_DIST_PORT", String.valueOf(ports.distribution()));
    all.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
    Map<String, String> files =
        Map.of(
            "RABBITMQ_MNESIA_BASE", "mnesia",
            "RABBITMQ_LOG_BASE", "log",
            "RABBITMQ_CONFIG_FILE", "rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE", "enabled_plugins",
            "RABBITMQ_FEATURE_FLAGS_FILE", "feature_flags",
            "RABBITMQ_PLUGINS_EXPAND_DIR", "plugins-expand",
            "RABBITMQ_GENERATED_CONFIG_DIR", "config",
            "ERL_CRASH_DUMP", "erl_crash.dump");
    files.forEach((name, file) -> all.put(name, directory.resolve(file).toString()));
    return all;
  }

  private String program(String name) {
    return programs.resolve(name).toString();
  }

  /**
   * Ends the node, and the port mapper that it has started beside itself, once its own input ends:
   * with this JVM, however that ends, or with {@link #close()}.
   */
  private void watch() throws IOException {
    String script =
        "cat >/dev/null; kill -KILL \"$1\" 2>/dev/null; n=0;"
            + " until epmd -port \"$2\" -kill >/dev/null 2>&1; do"
            + " n=$((n+1)); [ $n -lt 20 ] || break; sleep 0.1; done";
    String pid = String.valueOf(process.handle().pid());
    watch.start(
        List.of("sh", "-c", script, "watch", pid, String.valueOf(ports.epmd())),
        Map.of("ERL_EPMD_PORT", String.valueOf(ports.epmd())),
        logFile());
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    @Nullable IOException last = null;
    while (true) {
      failIfDead(deadline, last);
      try {
        greet(ports.amqp());
        management.get("/api/overview");
        return;
      } catch (IOException notYet) {
        last = notYet;
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /** The node speaks AMQP: it answers a client's first eight bytes. */
  static void greet(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(2_000);
      socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
      if (socket.getInputStream().read() != 1) throw new IOException("no answer in AMQP");
    }
  }

  private void failIfDead(long deadline, @Nullable IOException cause) throws IOException {
    if (process.isAlive() && System.nanoTime() < deadline) return;
    String what = process.isAlive() ? "did not answer within " + START_LIMIT : "ended";
    close();
    String text = "the RabbitMQ node %s; see %s and %s:%n%s";
    throw new IOException(
        text.formatted(what, logFile(), directory.resolve("log"), BrokerLog.tail(logFile())),
        cause);
  }

  @Override
  public void kill9() throws InterruptedException {
    process.kill9();
    watch.kill9();
  }

  @Override
  public void stop() throws IOException, InterruptedException {
    process.stop(STOP_LIMIT);
    watch.kill9();
  }

  @Override
  public void pause() throws IOException, InterruptedException {
    process.signal("STOP");
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    process.signal("CONT");
  }

  /** For AMQP without TLS. */
  @Override
  public String endpoint() {
    return "127.0.0.1:" + ports.amqp();
  }

  public int amqpPort() {
    return ports.amqp();
  }

  /** AMQP by TLS; the certificate is for localhost, see {@link #trustStore()}. */
  public int tlsPort() {
    return ports.tls();
  }

  /** The stream protocol. */
  public int streamPort() {
    return ports.stream();
  }

  public RabbitManagement management() {
    return management;
  }

  /** A PKCS12 file that trusts the node's certificate. */
  public Path trustStore() {
    return RabbitTls.trustStore(directory);
  }

  public String trustStorePassword() {
    return RabbitTls.PASSWORD;
  }

  /** A relay to this node, on a port of its own. */
  public Relay relay() throws IOException {
    return new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.amqp()));
  }

  /** A new virtual host, of a name that no other has. */
  public RabbitVirtualHost newVirtualHost() throws IOException, InterruptedException {
    String name = "v" + UUID.randomUUID().toString().substring(0, 8);
    String password = "secret-" + UUID.randomUUID();
    management.put("/api/vhosts/" + name, "{}");
    management.put("/api/users/" + name, "{\"password\":\"%s\",\"tags\":\"\"}".formatted(password));
    management.put(
        "/api/permissions/" + name + "/" + name,
        "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    return new RabbitVirtualHost(this, name, password);
  }

  /** Runs {@code rabbitmqctl} against this node; answers what it prints. */
  public String control(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program("rabbitmqctl"), "-q"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment());
    Path output = Files.createTempFile(directory, "control", ".out");
    Process control =
        builder.redirectInput(new File("/dev/null")).redirectOutput(output.toFile()).start();
    boolean ended = control.waitFor(CONTROL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    String said = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    if (ended && control.exitValue() == 0) return said;
    control.destroyForcibly();
    throw new IOException("rabbitmqctl " + String.join(" ", arguments) + " failed: " + said);
  }

  /** What the node's process prints; its own logs are in {@code log} beside it. */
  public Path logFile() {
    return directory.resolve("broker.log");
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** Ends the node and its port mapper; the data stays. */
  @Override
  public void close() {
    process.close();
    boolean interrupted = Thread.interrupted();
    try {
      endPortMapper();
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (IOException leftToTheWatch) {
      // it ends with this JVM
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  /** A mapper refuses to end as long as it knows of a node. */
  private void endPortMapper() throws IOException, InterruptedException {
    watch.kill9();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (isListening(ports.epmd()) && System.nanoTime() < deadline) {
      ProcessBuilder epmd =
          new ProcessBuilder("epmd", "-port", String.valueOf(ports.epmd()), "-kill")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      if (epmd.start().waitFor() == 0) return;
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }
}
