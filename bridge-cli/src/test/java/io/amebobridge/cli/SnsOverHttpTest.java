package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.brokers.LocalSns;
import io.amebobridge.testkit.SnsPost;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What SNS posts, through the bridge as {@code amebo run} wires it, into a real Amebo. */
class SnsOverHttpTest {
  private static final String TOPIC = "arn:aws:sns:us-east-1:000000000000:orders";

  @TempDir Path dir;

  private final HttpClient http = HttpClient.newHttpClient();

  private void ask(LocalSns sns, String... parameters) throws Exception {
    StringBuilder form = new StringBuilder("Action=" + parameters[0]);
    for (int i = 1; i < parameters.length; i += 2) {
      String value = URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8);
      form.append('&').append(parameters[i]).append('=').append(value);
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(sns.endpoint()))
            .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void publish(LocalSns sns, int from, int to) throws Exception {
    for (int seq = from; seq < to; seq++) {
      String text = "{\"type\":\"created\",\"data\":{\"seq\":" + seq + "}}";
      ask(sns, "Publish", "TopicArn", TOPIC, "Message", text);
    }
  }

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port + "/sns");
  }

  /** A topic that posts to this port. */
  private LocalSns subscribed(int port) throws Exception {
    LocalSns.Delivering soon =
        new LocalSns.Delivering(
            Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofMinutes(5));
    LocalSns sns = LocalSns.start(soon, null);
    ask(sns, "CreateTopic", "Name", "orders");
    String url = url(port).toString();
    ask(sns, "Subscribe", "TopicArn", TOPIC, "Protocol", "http", "Endpoint", url);
    return sns;
  }

  private Path config(TestAmebo amebo, LocalSns sns, int port) throws Exception {
    Path pem = Files.writeString(dir.resolve("sns.pem"), sns.signer().pem());
    return Files.writeString(
        dir.resolve("bridge.yaml"),
        """
        amebo: {url: "%s", application: %s, secret: %s}
        sources:
          pushed:
            sns: {endpoint: "%s"}
            certificate: {file: "%s"}
            topics: ["%s"]
            listen: 127.0.0.1:%d
            confirm: true
            holdLimit: 200ms
            maxUnsettled: 50
        routes:
          - from: {source: pushed, topic: orders}
            action: user.{{ type }}
            payload: "{{ data }}"
        deadLetters: {file: dead-letters}
        http: {port: 0}
        limits: {backoff: {initial: 10ms, max: 200ms}}
        """
            .formatted(
                amebo.uri(),
                TestAmebo.APPLICATION,
                TestAmebo.SECRET.reveal(),
                sns.endpoint(),
                pem,
                TOPIC,
                port));
  }

  private static void assertAllArrive(TestAmebo amebo, int count) {
    List<Integer> all = IntStream.range(0, count).boxed().toList();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(amebo.seqs("orders")).containsExactlyInAnyOrderElementsOf(all));
  }

  @Test
  void nothingIsLostOrTwiceWhileAmeboAndTheBridgeComeAndGo() throws Exception {
    int port = FreePorts.next();
    try (TestAmebo amebo = TestAmebo.start(dir);
        LocalSns sns = subscribed(port)) {
      Path config = config(amebo, sns, port);
      try (TestBridge bridge = TestBridge.start(config)) {
        await().until(() -> sns.pending() == 0); // confirmed
        publish(sns, 0, 60);
        assertAllArrive(amebo, 60);
        anEndedSubscriptionIsSaidAndTakesNothingAway(bridge, sns, url(port));
        amebo.stop();
        publish(sns, 60, 160); // more than the bridge holds, for longer than SNS waits
        await().until(() -> bridge.readiness() == 503);
        amebo.startAgain();
        assertAllArrive(amebo, 160);
        await().until(() -> sns.pending() == 0);
        await().until(() -> bridge.count("inFlight") == 0);
        bridge.assertAccounted();
        assertThat(bridge.count("deadLettered")).isZero();
        amebo.stop();
        publish(sns, 160, 180);
      } // stopped with messages in flight
      publish(sns, 180, 200);
      amebo.startAgain();
      try (TestBridge bridge = TestBridge.start(config)) {
        assertAllArrive(amebo, 200);
        await().until(() -> sns.pending() == 0);
        await().until(() -> bridge.count("inFlight") == 0);
        bridge.assertAccounted();
      }
      assertThat(sns.lost()).isZero();
      assertAllArrive(amebo, 200);
    }
  }

  /** What a load balancer took away for it would never come back. */
  private static void anEndedSubscriptionIsSaidAndTakesNothingAway(
      TestBridge bridge, LocalSns sns, URI url) throws Exception {
    SnsPost ended = SnsPost.confirmation(TOPIC, "abc").with("Type", "UnsubscribeConfirmation");
    assertThat(ended.signed(sns.signer(), "2").to(url)).isEqualTo(200);
    await().until(() -> trouble(bridge).contains("subscription was ended"));
    assertThat(bridge.readiness()).isEqualTo(200);
  }

  private static String trouble(TestBridge bridge) throws Exception {
    return bridge.status().path("lanes").path(0).path("trouble").asString("");
  }

  @Test
  void aBridgeThatIsKilledWithPostsInFlightLosesNone() throws Exception {
    int port = FreePorts.next();
    int own = FreePorts.next();
    try (TestAmebo amebo = TestAmebo.start(dir);
        LocalSns sns = subscribed(port)) {
      Path config = config(amebo, sns, port);
      String text = Files.readString(config);
      Path fixed =
          Files.writeString(
              dir.resolve("killed.yaml"),
              text.replace("http: {port: 0}", "http: {port: " + own + "}"));
      try (var bridge = CliProcess.start(dir, Map.of(), "run", "-c", fixed)) {
        await().atMost(Duration.ofSeconds(30)).until(() -> sns.pending() == 0); // confirmed
        amebo.stop();
        publish(sns, 0, 40);
        await().until(() -> inFlight(own) == 40);
        amebo.startAgain();
        await().pollInterval(Duration.ofMillis(5)).until(() -> !amebo.seqs("orders").isEmpty());
        assertThat(bridge.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
        publish(sns, 40, 50);
        assertThat(sns.pending()).isPositive();
      }
      try (TestBridge bridge = TestBridge.start(config)) {
        assertAllArrive(amebo, 50);
        await().until(() -> sns.pending() == 0);
        bridge.assertAccounted();
      }
      assertThat(sns.lost()).isZero();
      assertAllArrive(amebo, 50);
    }
  }

  private long inFlight(int port) throws Exception {
    URI status = URI.create("http://127.0.0.1:" + port + "/status");
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(status).build(), HttpResponse.BodyHandlers.ofString());
    return JsonMapper.shared()
        .readTree(answer.body())
        .path("sources")
        .path(0)
        .path("inFlight")
        .asLong(-1);
  }
}
