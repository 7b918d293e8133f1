package io.amebobridge.brokers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * SQS, SNS (to queues, with filter policies and raw delivery) and S3 on one port: fauxqs, in a
 * process of its own. What it has confirmed is on disk and survives a kill. It takes any
 * credentials and doesn't verify them, signs SNS messages with nothing real, and does not deliver
 * to HTTP. Ends with this JVM, even if that is killed. Logs to {@code fauxqs.log} in its directory.
 * Not thread-safe.
 */
public final class FauxqsProcess implements Broker {
  public static final String REGION = "us-east-1";

  /** Of every queue and topic there. */
  public static final String ACCOUNT = "000000000000";

  /**
   * What runs in it first. Its standard input ends with this JVM. And 2.4.1 has a fault that loses
   * a message until the next start: where it keeps its data on disk, making a message visible again
   * writes null into a count that may not be null.
   */
  private static final String PRELOAD =
      """
      process.stdin.resume();
      process.stdin.on('end', () => process.exit(3));
      const { PersistenceManager } = await import('%s');
      PersistenceManager.prototype.updateMessageReady = function (id) {
        this.db.prepare('UPDATE sqs_messages SET receipt_handle = NULL,'
          + ' visibility_deadline = NULL WHERE message_id = ?').run(id);
      };
      """;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final Path directory;
  private final FauxqsPrograms programs;
  private final int port;
  private final OwnedProcess process = new OwnedProcess();

  private FauxqsProcess(Path directory, FauxqsPrograms programs) throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    this.programs = programs;
    port = FreePorts.next();
  }

  /** Whether there is one to start. */
  public static boolean isInstalled() {
    return FauxqsPrograms.find() != null;
  }

  /** One that keeps its data in this directory; not yet started. */
  public static FauxqsProcess in(Path directory) throws IOException {
    return new FauxqsProcess(directory, FauxqsPrograms.require());
  }

  @Override
  public void start() throws IOException, InterruptedException {
    process.start(
        List.of(
            programs.node().toString(),
            "--no-warnings",
            "--import",
            preload(),
            programs.server().toString()),
        Map.of(
            "FAUXQS_PORT",
            Integer.toString(port),
            "FAUXQS_HOST",
            "127.0.0.1",
            "FAUXQS_DEFAULT_REGION",
            REGION,
            "FAUXQS_LOGGER",
            "false",
            "FAUXQS_DATA_DIR",
            directory.resolve("data").toString(),
            "FAUXQS_PERSISTENCE",
            "true"),
        logFile());
    awaitAnswer();
  }

  private String preload() {
    String script = PRELOAD.formatted(programs.server().resolveSibling("persistence.js").toUri());
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    return "data:text/javascript;base64," + Base64.getEncoder().encodeToString(bytes);
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    HttpRequest health =
        HttpRequest.newBuilder(URI.create(endpoint() + "/health"))
            .timeout(Duration.ofSeconds(2))
            .build();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      IOException notYet;
      try {
        int status = client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status == 200) return;
        notYet = new IOException("/health answered " + status);
      } catch (IOException e) {
        notYet = e;
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.close();
        String text = "fauxqs did not start; see %s:%n%s";
        throw new IOException(text.formatted(logFile(), BrokerLog.tail(logFile())), notYet);
      }
      TimeUnit.MILLISECONDS.sleep(25);
    }
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

  public boolean isRunning() {
    return process.isAlive();
  }

  /** Such as {@code http://127.0.0.1:19092}, for all three services. */
  @Override
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** What it says. */
  public Path logFile() {
    return directory.resolve("fauxqs.log");
  }

  @Override
  public void close() {
    process.close();
  }
}
