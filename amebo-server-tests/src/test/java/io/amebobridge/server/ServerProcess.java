package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.OwnedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own that has many lives, all on one port. Not thread-safe. */
final class ServerProcess implements AutoCloseable {
  static final int WINDOW = 16;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private final List<String> wrapper;
  private final String dsn;
  private final Path logs;
  private final int port;
  private Process process;
  private int life;

  /**
   * Not yet started.
   *
   * @param wrapper a command that becomes the server, such as {@code nsenter}; or none
   */
  ServerProcess(List<String> wrapper, String dsn, Path logs) throws IOException {
    this.wrapper = wrapper;
    this.dsn = dsn;
    this.logs = logs;
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
  }

  /** What the child runs. */
  public static void main(String[] args) throws Exception {
    OwnedProcess.endWithParent();
    ServerConfig config = Fixture.config(args[0]).withPort(Integer.parseInt(args[1]));
    // A slow receiver is no failed call here: each call that it saw to its end has one outcome.
    DeliverySettings delivery =
        config.delivery().withWindow(WINDOW).withTimeout(Duration.ofSeconds(20));
    AmeboServer server = AmeboServer.start(config.withDelivery(delivery).withCluster(Peer.QUICK));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
  }

  /** Begins the next life; it is not yet ready. */
  void begin() throws IOException {
    life++;
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            ServerProcess.class.getName(),
            dsn,
            String.valueOf(port)));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(life).toFile())
            .start();
  }

  void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .failFast("it ended", this::assertAlive)
        .until(() -> anonymous().get("/ready").status() == 200);
  }

  Wire anonymous() {
    return new Wire(URI.create("http://127.0.0.1:" + port), null);
  }

  Wire admin() {
    return anonymous()
        .login("{\"username\":\"admin\",\"password\":\"" + Wire.ADMIN_PASSWORD + "\"}");
  }

  /** SIGKILL: no shutdown hook, no flush. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; false where it did not end in order. */
  boolean stop() throws InterruptedException {
    process.toHandle().destroy(); // Process.destroy would also close its input
    boolean ended = process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    kill();
    return ended && process.exitValue() == 128 + 15;
  }

  void assertAlive() {
    assertThat(process.isAlive()).as(() -> "life " + life + "\n" + said(life)).isTrue();
  }

  /** The number of its present or last life; the first is 1. */
  int life() {
    return life;
  }

  /** What a life has logged. */
  String said(int number) {
    try {
      return Files.readString(log(number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log(int number) {
    return logs.resolve("life-" + number + ".log");
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
