package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterFilter;
import io.amebobridge.core.deadletter.DeadLetterReader;
import io.amebobridge.core.deadletter.StoredDeadLetter;
import io.amebobridge.core.run.Bridge;
import io.amebobridge.core.run.BridgeHttp;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bridge as {@code amebo run} wires it, in this process. Looked at through its own port. */
final class TestBridge implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final HttpClient client = HttpClient.newHttpClient();
  private final BridgeConfig config;
  private final Wiring.Amebo amebo;
  private final Wiring.DeadLetters letters;
  private final Bridge bridge;
  private final BridgeHttp http;

  private TestBridge(BridgeConfig config) throws Exception {
    this.config = config;
    amebo = Wiring.amebo(config.amebo());
    letters = Wiring.deadLetters(config.deadLetters());
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    bridge = Wiring.bridge(config, amebo, letters, metrics);
    http = Objects.requireNonNull(Wiring.http(config, bridge, metrics));
    bridge.start();
  }

  static TestBridge start(Path configFile) throws Exception {
    return new TestBridge(BridgeConfig.read(configFile, System.getenv()::get, Wiring.CONNECTORS));
  }

  HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(http.uri().resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path);
  }

  int readiness() throws IOException, InterruptedException {
    return get("/ready").statusCode();
  }

  /** What /status says of the first source. */
  JsonNode status() throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(get("/status").body()).path("sources").path(0);
  }

  long count(String name) throws IOException, InterruptedException {
    return status().path(name).asLong(-1);
  }

  /** Waits until so many messages have been received and all of them are settled. */
  TestBridge awaitDone(long received) {
    await()
        .untilAsserted(
            () -> {
              JsonNode status = status();
              assertThat(status.path("received").asLong()).as("%s", status).isEqualTo(received);
              assertThat(status.path("inFlight").asLong()).as("%s", status).isZero();
              assertThat(status.path("lag").asLong(-1)).as("%s", status).isZero();
            });
    return this;
  }

  /** Waits for a source to stop for good; gives the reason. */
  String awaitFailure() {
    await().until(() -> !bridge.failures().isEmpty());
    return bridge.failures().get(0);
  }

  /** Every message received has had one end. */
  void assertAccounted() throws IOException, InterruptedException {
    JsonNode s = status();
    long ends = 0;
    for (String end : List.of("accepted", "filtered", "deadLettered", "abandoned", "inFlight")) {
      assertThat(s.path(end).asLong(-1)).as("%s in %s", end, s).isNotNegative();
      ends += s.path(end).asLong();
    }
    assertThat(s.path("received").asLong(-1)).as("%s", s).isEqualTo(ends);
  }

  List<DeadLetter> deadLetters() throws IOException {
    return new DeadLetterReader(config.deadLetters().directory())
        .list(DeadLetterFilter.in(StoredDeadLetter.State.OPEN), null, 1000).letters().stream()
            .map(StoredDeadLetter::letter)
            .toList();
  }

  URI uri() {
    return http.uri();
  }

  /** Stops in order, as on SIGTERM. */
  @Override
  public void close() throws IOException {
    bridge.stop();
    try {
      boolean ended = bridge.await(LONG);
      assertThat(ended).as("all pumps have ended").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      http.close();
      letters.close();
      amebo.close();
    }
  }
}
