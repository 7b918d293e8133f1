package io.amebobridge.brokers;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A real single-node Kafka broker (KRaft) in a JVM of its own. Its ports are chosen once, so that a
 * restart lands on the same address with the data it had. Ends with this JVM, even if that is
 * killed. Logs to {@code broker.log} in its directory. Not thread-safe.
 */
public final class KafkaProcess implements Broker {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Path directory;
  private final String classPath;
  private final KafkaPorts ports;
  private final Map<String, String> properties;
  private final OwnedProcess process = new OwnedProcess();

  private KafkaProcess(Builder builder) throws IOException {
    directory = Files.createDirectories(builder.directory).toAbsolutePath();
    classPath = builder.classPath;
    ports = KafkaPorts.choose();
    properties = KafkaServerProperties.of(directory.resolve("data"), ports, builder.users);
    properties.putAll(builder.extra);
  }

  /** A broker that keeps its data and its log in this directory. */
  public static Builder in(Path directory) {
    return new Builder(directory);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    if (process.isAlive()) throw new IllegalStateException("already running at " + bootstrap());
    Path config = directory.resolve("server.properties");
    Properties toStore = new Properties();
    toStore.putAll(properties);
    try (OutputStream out = Files.newOutputStream(config)) {
      toStore.store(out, null);
    }
    process.start(command(config), logFile());
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    awaitPort(deadline);
    awaitAnswer(deadline);
  }

  @Override
  public void kill9() throws InterruptedException {
    process.kill9();
  }

  @Override
  public void stop() throws IOException, InterruptedException {
    process.stop(STOP_LIMIT);
  }

  @Override
  public void pause() throws IOException, InterruptedException {
    process.signal("STOP");
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    process.signal("CONT");
  }

  @Override
  public String endpoint() {
    return bootstrap();
  }

  /** For {@code bootstrap.servers}: plaintext, no authentication. */
  public String bootstrap() {
    return "127.0.0.1:" + ports.direct();
  }

  /** For {@code bootstrap.servers} with SASL_PLAINTEXT and PLAIN, where users were given. */
  public String saslBootstrap() {
    if (!properties.containsKey("sasl.enabled.mechanisms")) {
      throw new IllegalStateException("no users: give some with user(name, password)");
    }
    return "127.0.0.1:" + ports.sasl();
  }

  /**
   * A relay to this broker. Clients that bootstrap at its {@link Relay#endpoint()} stay behind it,
   * because that listener advertises the relay's port. One at a time.
   */
  public Relay relay() throws IOException {
    return new Relay(
        ports.relay(), new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.faulty()));
  }

  /** What the broker says. */
  public Path logFile() {
    return directory.resolve("broker.log");
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.close();
  }

  private List<String> command(Path config) throws IOException {
    Path logback = directory.resolve("broker-logback.xml");
    Files.writeString(logback, BrokerLog.LOGBACK);
    String own = BrokerLog.ownClassPath();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Dlogback.configurationFile=" + logback,
                "-Dlog4j2.disable.jmx=true",
                "-cp",
                classPath + File.pathSeparator + own,
                BrokerMain.class.getName(),
                config.toString()));
    boolean formatted = Files.exists(directory.resolve("data/meta.properties"));
    if (!formatted) command.add(Uuid.randomUuid().toString());
    return command;
  }

  private void awaitPort(long deadline) throws IOException, InterruptedException {
    while (true) {
      failIfDead(deadline, null);
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.direct()), 200);
        return;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(25);
      }
    }
  }

  private void awaitAnswer(long deadline) throws IOException, InterruptedException {
    Map<String, Object> client =
        Map.of(
            "bootstrap.servers", bootstrap(),
            "request.timeout.ms", "2000",
            "default.api.timeout.ms", "5000");
    try (Admin admin = Admin.create(client)) {
      @Nullable Exception last = null;
      while (true) {
        failIfDead(deadline, last);
        try {
          if (!admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty()) return;
        } catch (ExecutionException | TimeoutException e) {
          last = e;
        }
        TimeUnit.MILLISECONDS.sleep(25);
      }
    }
  }

  private void failIfDead(long deadline, @Nullable Exception cause) throws IOException {
    if (process.isAlive() && System.nanoTime() < deadline) return;
    String what = process.isAlive() ? "did not answer within " + START_LIMIT : "ended";
    process.close();
    throw new IOException(
        "the Kafka broker " + what + "; see " + logFile() + ":\n" + BrokerLog.tail(logFile()),
        cause);
  }

  /** What a broker is made of. Not thread-safe. */
  public static final class Builder {
    private final Path directory;
    private final Map<String, String> users = new LinkedHashMap<>();
    private final Map<String, String> extra = new LinkedHashMap<>();
    private String classPath = System.getProperty("java.class.path");

    private Builder(Path directory) {
      this.directory = directory;
    }

    /** Where Kafka's server is found; this JVM's own class path if not set. */
    public Builder classPath(String path) {
      classPath = path;
      return this;
    }

    /** A property of the broker, by its own name; replaces the default. */
    public Builder property(String name, String value) {
      extra.put(name, value);
      return this;
    }

    /** Somebody who may log in at {@link KafkaProcess#saslBootstrap()}. */
    public Builder user(String name, String password) {
      users.put(name, password);
      return this;
    }

    /** Chooses the ports; starts nothing. */
    public KafkaProcess build() throws IOException {
      return new KafkaProcess(this);
    }
  }
}
