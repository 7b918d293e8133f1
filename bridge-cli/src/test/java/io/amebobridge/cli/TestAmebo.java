package io.amebobridge.cli;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.Secret;
import io.amebobridge.client.StoredEvent;
import io.amebobridge.client.SubscriptionSpec;
import io.amebobridge.server.AmeboServer;
import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Amebo server with the bridge's application and its actions registered. */
final class TestAmebo implements AutoCloseable {
  static final String APPLICATION = "legacy-bridge";
  static final Secret SECRET = Secret.of("application-secret-of-legacy-bridge");

  /** Belongs to somebody else, so that the bridge may not publish it. */
  static final String FOREIGN_ACTION = "user.forbidden";

  private static final Secret OTHER_SECRET = Secret.of("application-secret-of-another");
  private static final Secret PASSWORD = Secret.of("password-of-the-admin");
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["seq"], "properties": {"seq": {"type": "integer"}}}
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ServerConfig config;
  private AmeboServer server;

  private TestAmebo(ServerConfig config) throws IOException {
    this.config = config;
    this.server = AmeboServer.start(config);
  }

  static TestAmebo start(Path directory) throws IOException, InterruptedException {
    TestAmebo amebo =
        new TestAmebo(
            ServerConfig.of("sqlite:" + directory.resolve("amebo.db"))
                .withPort(FreePorts.next())
                .withAdmin("admin", PASSWORD)
                .withSecret(Secret.of("server-secret-that-encrypts-the-others"))
                .withDelivery(
                    DeliverySettings.defaults()
                        .withBackoff(Duration.ofMillis(10), Duration.ofMillis(50))));
    AmeboApi api = amebo.api();
    api.register(new ApplicationSpec(APPLICATION, "http://127.0.0.1:1", SECRET));
    api.register(new ApplicationSpec("another", "http://127.0.0.1:1", OTHER_SECRET));
    api.register(new ActionSpec("user.created", APPLICATION, SCHEMA, SECRET));
    api.register(new ActionSpec("user.updated", APPLICATION, SCHEMA, SECRET));
    api.register(new ActionSpec(FOREIGN_ACTION, "another", SCHEMA, OTHER_SECRET));
    return amebo;
  }

  AmeboApi api() {
    return server.api();
  }

  URI uri() {
    return server.uri();
  }

  void stop() {
    server.close();
  }

  /** On the same port, with the same data. */
  void startAgain() throws IOException {
    server = AmeboServer.start(config);
  }

  /** A new application that wants this action, from the first event on, at this address. */
  void subscribe(String application, String action, URI address, int maxRetries)
      throws InterruptedException {
    api().register(new ApplicationSpec(application, address.toString(), OTHER_SECRET));
    api()
        .register(
            new SubscriptionSpec(
                application, action, "/hook", OTHER_SECRET, maxRetries, SubscriptionSpec.EARLIEST));
  }

  /** What came from this topic, in the log's order. */
  List<StoredEvent> events(String topic) throws InterruptedException {
    return api().events(new EventQuery(null, null, 0L, 100_000)).stream()
        .filter(e -> e.source() != null && topic.equals(e.source().stream()))
        .toList();
  }

  /** The numbers in the payloads of what came from this topic, in the log's order. */
  List<Integer> seqs(String topic) throws InterruptedException {
    return events(topic).stream()
        .map(e -> JsonMapper.shared().readTree(e.payload()).path("seq").asInt(-1))
        .toList();
  }

  /** As the administrator. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri().resolve(path)).header("Authorization", bearer()));
  }

  /** As the administrator, without a body. */
  JsonNode post(String path) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri().resolve(path))
            .header("Authorization", bearer())
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  private String bearer() throws IOException, InterruptedException {
    Map<String, String> login =
        Map.of("username", "admin", "password", PASSWORD.reveal(), "scheme", "bearer");
    String body = JsonMapper.shared().writeValueAsString(login);
    JsonNode answer =
        send(
            HttpRequest.newBuilder(uri().resolve("/v1/tokens"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    return "Bearer " + answer.path("token").asString();
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return JsonMapper.shared()
        .readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    server.close();
  }
}
