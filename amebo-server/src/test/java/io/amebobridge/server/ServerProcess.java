package io.amebobridge.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A server in a JVM of its own, to be killed. */
final class ServerProcess implements AutoCloseable {
  private final Path dir;
  private final int port;
  private Process process;

  private ServerProcess(Path dir, int port) throws IOException {
    this.dir = dir;
    this.port = port;
    this.process = begin();
  }

  static ServerProcess start(Path dir, int port) throws IOException {
    ServerProcess server = new ServerProcess(dir, port);
    server.awaitReady();
    return server;
  }

  /** What the child runs. */
  public static void main(String[] args) throws Exception {
    AmeboServer server =
        AmeboServer.start(Fixture.config(Path.of(args[0])).withPort(Integer.parseInt(args[1])));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
  }

  private Process begin() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ServerProcess.class.getName(),
            dir.toString(),
            String.valueOf(port));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("server.log").toFile()))
        .start();
  }

  Wire anonymous() {
    return new Wire(java.net.URI.create("http://127.0.0.1:" + port), null);
  }

  Wire admin() {
    return anonymous()
        .login("{\"username\":\"admin\",\"password\":\"" + Wire.ADMIN_PASSWORD + "\"}");
  }

  /** SIGKILL: no shutdown hook, no flush. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = begin();
    awaitReady();
  }

  /** What all its lives have logged. */
  String log() {
    try {
      return Files.readString(dir.resolve("server.log"));
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  private void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(() -> anonymous().get("/ready").status() == 200);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
