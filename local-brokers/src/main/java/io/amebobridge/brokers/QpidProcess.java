package io.amebobridge.brokers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An AMQP 0-9-1 broker (Apache Qpid Broker-J) in a JVM of its own, which needs no installation. It
 * is not RabbitMQ: it refuses RabbitMQ's arguments of queues, knows neither quorum queues nor
 * streams, and keeps everything in memory. Good for publishing, consuming and acknowledging. Ends
 * with this JVM, even if that is killed. Logs to {@code broker.log} in its directory. Not
 * thread-safe.
 */
public final class QpidProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** Of nobody but this machine's. */
  private static final String CONFIGURATION =
      """
      {
        "name": "local", "modelVersion": "9.1",
        "authenticationproviders": [{
          "name": "plain", "type": "Plain", "secureOnlyMechanisms": [],
          "users": [{"name": "guest", "type": "managed", "password": "guest"}]}],
        "ports": [{
          "name": "AMQP", "type": "AMQP", "bindingAddress": "127.0.0.1", "port": "%d",
          "protocols": ["AMQP_0_9_1"], "authenticationProvider": "plain",
          "virtualhostaliases": [{"name": "defaultAlias", "type": "defaultAlias"}]}],
        "virtualhostnodes": [{
          "name": "default", "type": "Memory", "defaultVirtualHostNode": "true",
          "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"}]
      }
      """;

  private final Path directory;
  private final String classPath;
  private final int port;
  private final OwnedProcess process = new OwnedProcess();

  private QpidProcess(Path directory, String classPath) throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    this.classPath = classPath;
    port = FreePorts.next();
  }

  /**
   * A broker that logs to this directory; not yet started.
   *
   * @param classPath where Qpid is found
   */
  public static QpidProcess in(Path directory, String classPath) throws IOException {
    return new QpidProcess(directory, classPath);
  }

  /** Starts it; returns when clients can work. */
  public void start() throws IOException, InterruptedException {
    Path configuration =
        Files.writeString(directory.resolve("broker.json"), CONFIGURATION.formatted(port));
    Path logback = Files.writeString(directory.resolve("logback.xml"), BrokerLog.LOGBACK);
    process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + logback,
            "-Dqpid.work_dir=" + directory,
            "-cp",
            classPath + File.pathSeparator + BrokerLog.ownClassPath(),
            QpidMain.class.getName(),
            configuration.toString()),
        logFile());
    awaitAnswer();
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        RabbitProcess.greet(port);
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          process.close();
          String text = "the AMQP broker did not start; see %s:%n%s";
          throw new IOException(text.formatted(logFile(), BrokerLog.tail(logFile())), notYet);
        }
        TimeUnit.MILLISECONDS.sleep(25);
      }
    }
  }

  /** With the login that it has, for this machine only. */
  public String uri() {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  /** What the broker says. */
  public Path logFile() {
    return directory.resolve("broker.log");
  }

  /** Ends it, with all that it had. */
  @Override
  public void close() {
    process.close();
  }
}
