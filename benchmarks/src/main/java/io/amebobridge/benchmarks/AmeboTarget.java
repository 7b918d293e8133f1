package io.amebobridge.benchmarks;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.cli.demo.AmeboProcess;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Our server in a process of its own, published to by an application with a schema. */
final class AmeboTarget implements Target {
  private static final Secret PASSWORD = Secret.of(UUID.randomUUID().toString());
  private static final Secret SECRET = Secret.of(UUID.randomUUID().toString());
  private static final String SCHEMA =
      "{\"type\":\"object\",\"required\":[\"id\",\"email\"],\"properties\":{"
          + "\"id\":{\"type\":\"integer\"},\"email\":{\"type\":\"string\",\"maxLength\":200},"
          + "\"note\":{\"type\":\"string\"}}}";
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
  private static final Pattern STORED =
      Pattern.compile("amebo_events_total\\{action=\"bench.made\",outcome=\"stored\"\\} (\\S+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final String engine;
  private final URI uri;
  private final AmeboProcess process;
  private final AtomicLong dedupers = new AtomicLong();
  private String token = "";

  AmeboTarget(String engine, String dsn, Path dir) throws Exception {
    this.engine = engine;
    int port = FreePorts.next();
    this.uri = URI.create("http://127.0.0.1:" + port);
    this.process =
        new AmeboProcess(
            uri,
            dir.resolve("amebo.log"),
            List.of("serve", "--dsn", dsn, "--port", String.valueOf(port)),
            Map.of(
                "AMEBO_PASSWORD",
                PASSWORD.reveal(),
                "AMEBO_SECRET",
                "for-this-benchmark-only-" + port));
    process.start();
    process.awaitReady();
    register();
  }

  private void register() throws Exception {
    try (AmeboHttpClient admin =
        AmeboHttpClient.builder(uri.toString(), Credentials.user("admin", PASSWORD)).build()) {
      admin.register(new ApplicationSpec("bench", uri.toString(), SECRET));
      admin.register(new ActionSpec("bench.made", "bench", SCHEMA, SECRET));
    }
    String body = "{\"application\":\"bench\",\"secret\":\"" + SECRET.reveal() + "\"}";
    Matcher found = TOKEN.matcher(send("/v1/tokens", body).body());
    if (!found.find()) {
      throw new IllegalStateException("no token");
    }
    token = found.group(1);
  }

  URI uri() {
    return uri;
  }

  /** The name of the application, whose secret and token these are. */
  String application() {
    return "bench";
  }

  Secret secret() {
    return SECRET;
  }

  String token() {
    return token;
  }

  /** How many events it has stored, in its own words. */
  long stored() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri.resolve("/metrics")).build();
    String metrics = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher stored = STORED.matcher(metrics);
    return stored.find() ? (long) Double.parseDouble(stored.group(1)) : 0;
  }

  @Override
  public String name() {
    return "amebo, " + engine;
  }

  @Override
  public int port() {
    return uri.getPort();
  }

  @Override
  public Buffer single(String payload) {
    return Target.post("/v1/events", authorization(), Buffer.buffer(event(payload)));
  }

  @Override
  public Buffer batch(int count, String payload) {
    Buffer body = Buffer.buffer(count * (payload.length() + 80)).appendString("[");
    for (int i = 0; i < count; i++) {
      body.appendString(i == 0 ? "" : ",").appendString(event(payload));
    }
    return Target.post("/v1/events/batch", authorization(), body.appendString("]"));
  }

  private String authorization() {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private String event(String payload) {
    return "{\"action\":\"bench.made\",\"deduper\":\"d"
        + dedupers.incrementAndGet()
        + "\",\"sleep_until\":null,\"payload\":"
        + payload
        + "}";
  }

  @Override
  public void subscribe(int sinkPort) throws Exception {
    try (AmeboHttpClient admin =
        AmeboHttpClient.builder(uri.toString(), Credentials.user("admin", PASSWORD)).build()) {
      String handler = "http://127.0.0.1:" + sinkPort + "/hook";
      admin.register(
          new SubscriptionSpec(
              "bench", "bench.made", handler, SECRET, 3, SubscriptionSpec.EARLIEST));
    }
  }

  @Override
  public long residentMegabytes() throws IOException {
    return Machine.residentMegabytes(process.pid());
  }

  @Override
  public long restartMillis() throws Exception {
    process.stop(Duration.ofSeconds(20));
    String body =
        event("{\"id\":1,\"email\":\"a@example.com\"}")
            .replace("{\"action\"", "{\"secret\":\"" + SECRET.reveal() + "\",\"action\"");
    long began = System.nanoTime();
    process.start();
    while (true) {
      try {
        if (send("/v1/events", body).statusCode() == 201) {
          return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        }
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(20); // as it needs the cores
      }
    }
  }

  private HttpResponse<String> send(String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri.resolve(path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.close();
  }
}
