package io.amebobridge.brokers;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of SQS (ElasticMQ) in a JVM of its own, which needs no installation. It is not AWS's: it
 * takes any credentials and keeps everything in memory. Ends with this JVM, even if that is killed.
 * Logs to {@code elasticmq.log} in its directory. Not thread-safe.
 */
public final class ElasticMqProcess implements AutoCloseable {
  public static final String REGION = "us-east-1";

  /** Of every queue there. */
  public static final String ACCOUNT = "000000000000";

  /** What its JVM prints once it answers. */
  static final String VERSION_IS = "started, version ";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final String classPath;
  private final List<String> javaOptions;
  private final int port;
  private final OwnedProcess process = new OwnedProcess();
  private String version = "";

  private ElasticMqProcess(Path directory, String classPath, List<String> javaOptions)
      throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    this.classPath = classPath;
    this.javaOptions = javaOptions;
    port = FreePorts.next();
  }

  /**
   * A server that logs to this directory; not yet started.
   *
   * @param classPath where ElasticMQ is found
   * @param javaOptions of its JVM, stronger than the usual ones, which are those of a small server
   */
  public static ElasticMqProcess in(Path directory, String classPath, String... javaOptions)
      throws IOException {
    return new ElasticMqProcess(directory, classPath, List.of(javaOptions));
  }

  /** Starts it, without any queue; returns when clients can work. */
  public void start() throws IOException, InterruptedException {
    Path logback = Files.writeString(directory.resolve("logback.xml"), BrokerLog.LOGBACK);
    Files.deleteIfExists(logFile()); // what it printed when it ran before
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(javaOptions);
    command.addAll(
        List.of(
            "-Dlogback.configurationFile=" + logback,
            "-cp",
            classPath + File.pathSeparator + BrokerLog.ownClassPath(),
            ElasticMqMain.class.getName(),
            Integer.toString(port),
            REGION,
            ACCOUNT));
    process.start(command, logFile());
    awaitStarted();
  }

  private void awaitStarted() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!saysItsVersion()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.close();
        String text = "ElasticMQ did not start; see %s:%n%s";
        throw new IOException(text.formatted(logFile(), BrokerLog.tail(logFile())));
      }
      TimeUnit.MILLISECONDS.sleep(25);
    }
  }

  private boolean saysItsVersion() throws IOException {
    try (Stream<String> lines = Files.lines(logFile(), StandardCharsets.ISO_8859_1)) {
      String line = lines.filter(l -> l.startsWith(VERSION_IS)).findFirst().orElse(null);
      if (line == null) return false;
      version = line.substring(VERSION_IS.length());
      return true;
    }
  }

  /** Such as {@code 1.7.1}; known once it has started. */
  public String version() {
    return version;
  }

  /** Such as {@code http://127.0.0.1:19092}. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** What it says. */
  public Path logFile() {
    return directory.resolve("elasticmq.log");
  }

  /** Ends it, with all that it had. */
  @Override
  public void close() {
    process.close();
  }
}
