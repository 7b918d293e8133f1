package io.amebobridge.cli.demo;

import io.amebobridge.brokers.OwnedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code amebo <verb>} in a JVM of its own, which can be killed and started again. Its output goes
 * to a log file. Not thread-safe.
 */
public final class AmeboProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final OwnedProcess process = new OwnedProcess();
  private final URI uri;
  private final Path log;
  private final List<String> arguments;
  private final Map<String, String> environment;

  /**
   * Starts nothing yet.
   *
   * @param uri where it answers {@code /ready} once it runs
   * @param arguments the verb and its options
   */
  public AmeboProcess(URI uri, Path log, List<String> arguments) {
    this(uri, log, arguments, Map.of());
  }

  /** The same, with more variables in its environment. */
  public AmeboProcess(URI uri, Path log, List<String> arguments, Map<String, String> environment) {
    this.uri = uri;
    this.log = log;
    this.arguments = List.copyOf(arguments);
    this.environment = Map.copyOf(environment);
  }

  /** Starts it; does not wait. */
  public void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String options = System.getProperty("amebo.java.options"); // those of the amebo command
    command.add(options == null ? "-XX:+UseSerialGC" : "@" + options);
    command.addAll(List.of("-Xmx512m", "-Damebo.end.with.parent=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.amebobridge.cli.Main");
    command.addAll(arguments);
    process.start(command, environment, log);
  }

  /** Waits until {@code /ready} answers 200. */
  public void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "amebo "
                + arguments.get(0)
                + " did not get ready; its log "
                + log
                + " ends:\n"
                + tail());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  public boolean ready() throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(uri.resolve("/ready")).timeout(Duration.ofSeconds(2)).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The body of a GET. */
  public String get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(10)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)).body();
  }

  public URI uri() {
    return uri;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process id of the JVM. */
  public long pid() {
    return process.handle().pid();
  }

  public void kill9() throws InterruptedException {
    process.kill9();
  }

  /** It stands still, and does not know it, until {@link #thaw()}. */
  public void freeze() throws IOException, InterruptedException {
    process.signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    process.signal("CONT");
  }

  /** SIGTERM, and after the limit SIGKILL. */
  public void stop(Duration limit) throws IOException, InterruptedException {
    process.stop(limit);
  }

  private String tail() throws IOException {
    if (!Files.exists(log)) return "(it wrote nothing)";
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
