package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The bridge's own port, with real ends. Readiness while an end is away: {@link BothEndsTest}. */
class BridgeHttpTest extends EndToEnd {
  @TempDir Path dir;

  @Test
  void whatStatusAndMetricsSay() throws Exception {
    String topic = topicWith(created(0), event("ignored", 1), bytes("no JSON"), created(3));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(4).assertAccounted();
      JsonNode status = bridge.status();
      assertThat(status.path("source").asString()).isEqualTo("events");
      assertThat(status.path("state").asString()).isEqualTo("RUNNING");
      assertThat(status.path("accepted").asLong()).isEqualTo(2);
      assertThat(status.path("filtered").asLong()).isEqualTo(1);
      assertThat(status.path("deadLettered").asLong()).isEqualTo(1);
      assertThat(status.path("lanes").size()).isEqualTo(1);
      JsonNode lane = status.path("lanes").path(0);
      assertThat(lane.path("topic").asString()).isEqualTo(topic);
      assertThat(lane.path("partition").asString()).isEqualTo("0");
      for (String name : new String[] {"position", "settled", "end"}) {
        assertThat(lane.path(name).asLong()).as(name).isEqualTo(4);
      }
      assertThat(lane.path("lag").asLong(-1)).isZero();

      HttpResponse<String> metrics = bridge.get("/metrics");
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
      assertThat(metrics.body().lines())
          .contains(
              "bridge_received_total{source=\"events\"} 4.0",
              "bridge_accepted_total{source=\"events\"} 2.0",
              "bridge_duplicates_total{source=\"events\"} 0.0",
              "bridge_abandoned_total{source=\"events\"} 0.0",
              "bridge_filtered_total{rule=\"users\",source=\"events\"} 1.0",
              "bridge_dead_lettered_total{route=\"users\",source=\"events\",stage=\"mapping\"} 1.0",
              "bridge_lag{partition=\"0\",source=\"events\",topic=\"" + topic + "\"} 0.0",
              "bridge_in_flight{source=\"events\"} 0.0",
              "bridge_up{source=\"events\"} 1.0");
    }
  }

  @Test
  void lagIsSeenWhileAmeboIsAway() throws Exception {
    String topic = topicWith(created(0));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(1);
      amebo.stop();
      produce(topic, created(1), created(2), created(3));
      await()
          .untilAsserted(
              () -> {
                assertThat(bridge.count("lag")).isEqualTo(3);
                assertThat(bridge.get("/metrics").body())
                    .contains("topic=\"" + topic + "\"} 3.0")
                    .contains("bridge_retention_headroom_seconds{partition=\"0\"");
              });
      bridge.assertAccounted();
      amebo.startAgain();
      bridge.awaitDone(4).assertAccounted();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/ready", "/metrics", "/status"})
  void itIsReadOnly(String path) throws Exception {
    String topic = topicWith(created(0));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(1);
      assertThat(bridge.get(path).statusCode()).isEqualTo(200);
      assertThat(bridge.send("HEAD", path).statusCode()).isEqualTo(200);
      for (String method : new String[] {"POST", "PUT", "DELETE"}) {
        HttpResponse<String> refused = bridge.send(method, path);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).hasValue("GET");
      }
      assertThat(bridge.get("/nothing-here").statusCode()).isEqualTo(404);
      assertThat(bridge.get("/statusx").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    String topic = topicWith();
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      int port = bridge.uri().getPort();
      Path other = Files.createDirectory(dir.resolve("other"));
      Cli cli =
          CliProcess.run(
              dir,
              "run",
              "-c",
              yaml(topic).with("{port: 0}", "{port: " + port + "}").writeTo(other));
      assertThat(cli.exitCode()).isEqualTo(1);
      assertThat(cli.err()).contains("can't listen on", ":" + port, "http.port");
    }
  }
}
