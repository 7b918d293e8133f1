package io.amebobridge.benchmarks;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.OwnedProcess;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** {@link HandMade} in a process of its own. */
final class HandMadeTarget implements Target {
  private final HttpClient http = HttpClient.newHttpClient();
  private final OwnedProcess process = new OwnedProcess();
  private final AtomicLong dedupers = new AtomicLong();
  private final String engine;
  private final String jdbcUrl;
  private final Path dir;
  private final int port;

  HandMadeTarget(String engine, String jdbcUrl, Path dir) throws Exception {
    this.engine = engine;
    this.jdbcUrl = jdbcUrl;
    this.dir = dir;
    this.port = FreePorts.next();
    restartMillis();
  }

  @Override
  public String name() {
    return "hand-made, " + engine;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Buffer single(String payload) {
    return Target.post("/events", "", Buffer.buffer(event(payload)));
  }

  @Override
  public Buffer batch(int count, String payload) {
    Buffer body = Buffer.buffer().appendString("[");
    for (int i = 0; i < count; i++) {
      body.appendString(i == 0 ? "" : ",").appendString(event(payload));
    }
    return Target.post("/events", "", body.appendString("]"));
  }

  private String event(String payload) {
    return "{\"deduper\":\"d" + dedupers.incrementAndGet() + "\",\"payload\":" + payload + "}";
  }

  @Override
  public void subscribe(int sinkPort) throws Exception {
    send("/subscribe", "{\"url\":\"http://127.0.0.1:" + sinkPort + "/hook\"}");
  }

  @Override
  public long residentMegabytes() throws IOException {
    return Machine.residentMegabytes(process.handle().pid());
  }

  @Override
  public long restartMillis() throws Exception {
    process.kill9();
    long began = System.nanoTime();
    process.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            HandMade.class.getName(),
            jdbcUrl,
            String.valueOf(port)),
        dir.resolve("hand-made.log"));
    while (true) {
      try {
        if (send("/events", event("{}")) == 201) {
          return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        }
      } catch (IOException notYet) {
        if (!process.isAlive()) {
          throw new IllegalStateException("it ended; see " + dir.resolve("hand-made.log"));
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private int send(String path, String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Override
  public void close() {
    process.close();
  }
}
