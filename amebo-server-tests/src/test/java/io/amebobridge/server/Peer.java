package io.amebobridge.server;

import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.OwnedProcess;
import io.amebobridge.server.cluster.ClusterSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One of several servers on a database, in a JVM of its own, to be killed or frozen. */
final class Peer implements AutoCloseable {
  static final int WINDOW = 4;

  /** Short, but longer than a busy machine's pauses. */
  static final ClusterSettings QUICK =
      new ClusterSettings(
          Duration.ofSeconds(3),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofMillis(20),
          Duration.ofSeconds(5));

  private final OwnedProcess process = new OwnedProcess();
  private final Path log;
  private final int port;

  private Peer(Path log, int port) {
    this.log = log;
    this.port = port;
  }

  static Peer start(String dsn, Path dir) throws IOException {
    int port = freePort();
    Peer peer = new Peer(dir.resolve("peer" + port + ".log"), port);
    peer.process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Peer.class.getName(),
            dsn,
            String.valueOf(port)),
        peer.log);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(() -> peer.anonymous().get("/ready").status() == 200);
    return peer;
  }

  /** What the child runs. */
  public static void main(String[] args) throws Exception {
    OwnedProcess.endWithParent();
    AmeboServer server =
        AmeboServer.start(config(args[0]).withPort(Integer.parseInt(args[1])).withCluster(QUICK));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
  }

  static ServerConfig config(String dsn) {
    ServerConfig config = Fixture.config(dsn);
    return config.withDelivery(
        config.delivery().withWindow(WINDOW).withTimeout(Duration.ofSeconds(30)));
  }

  private Wire anonymous() {
    return new Wire(URI.create("http://127.0.0.1:" + port), null);
  }

  Wire admin() {
    return anonymous()
        .login("{\"username\":\"admin\",\"password\":\"" + Wire.ADMIN_PASSWORD + "\"}");
  }

  void kill9() throws InterruptedException {
    process.kill9();
  }

  void freeze() throws IOException, InterruptedException {
    process.signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    process.signal("CONT");
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
