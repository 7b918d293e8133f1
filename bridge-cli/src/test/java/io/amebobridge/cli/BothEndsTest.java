package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.amebobridge.testkit.TestKafka;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An end that is away, or refuses: clear words, no dead letters, and nothing lost. */
class BothEndsTest extends EndToEnd {
  @TempDir Path dir;

  @Test
  void theBrokerIsAwayAtTheStartAndThenComes() throws Exception {
    String topic = topicWith(created(0), created(1), created(2));
    kafka.broker().kill9();
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      await()
          .untilAsserted(
              () ->
                  assertThat(bridge.status().path("lastError").asString(""))
                      .contains(kafka.bootstrap(), "bootstrap.servers", "does not answer"));
      assertThat(bridge.status().path("state").asString()).isEqualTo("STARTING");
      assertThat(bridge.readiness()).isEqualTo(503);
      assertThat(bridge.get("/health").statusCode()).isEqualTo(200);
      TestKafka.shared();
      bridge.awaitDone(3).assertAccounted();
      assertArrived(topic, 0, 1, 2);
      assertThat(bridge.readiness()).isEqualTo(200);
    } finally {
      TestKafka.shared();
    }
  }

  @Test
  void theBrokerGoesAwayAndComesBack() throws Exception {
    String topic = topicWith(created(0));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(1);
      assertThat(bridge.readiness()).isEqualTo(200);
      kafka.broker().kill9();
      await().untilAsserted(() -> assertThat(bridge.readiness()).isEqualTo(503));
      assertThat(bridge.status().path("lastError").asString("")).contains(kafka.bootstrap());
      assertThat(bridge.get("/metrics").body()).contains("bridge_up{source=\"events\"} 0.0");
      TestKafka.shared();
      produce(topic, created(1), created(2));
      bridge.awaitDone(3).assertAccounted();
      await().untilAsserted(() -> assertThat(bridge.readiness()).isEqualTo(200));
      assertArrived(topic, 0, 1, 2);
    } finally {
      TestKafka.shared();
    }
  }

  @Test
  void ameboIsAwayAtTheStartAndThenComes() throws Exception {
    String topic = topicWith(created(0), created(1));
    BridgeYaml yaml = yaml(topic);
    amebo.stop();
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      await()
          .untilAsserted(
              () ->
                  assertThat(bridge.status().path("lastError").asString(""))
                      .contains("Amebo can't be reached", amebo.uri().getAuthority()));
      assertThat(bridge.readiness()).isEqualTo(503);
      amebo.startAgain();
      bridge.awaitDone(2).assertAccounted();
      assertThat(bridge.readiness()).isEqualTo(200);
      assertArrived(topic, 0, 1);
    }
  }

  @Test
  void ameboGoesAwayAndComesBack() throws Exception {
    String topic = topicWith(created(0));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(1);
      amebo.stop();
      produce(topic, created(1), created(2));
      await().untilAsserted(() -> assertThat(bridge.count("retries")).isPositive());
      await().untilAsserted(() -> assertThat(bridge.readiness()).isEqualTo(503));
      amebo.startAgain();
      bridge.awaitDone(3).assertAccounted();
      await().untilAsserted(() -> assertThat(bridge.readiness()).isEqualTo(200));
      assertArrived(topic, 0, 1, 2);
      assertThat(bridge.deadLetters()).isEmpty();
    }
  }

  @Test
  void aWrongApplicationSecret() throws Exception {
    String topic = topicWith(created(0), created(1));
    BridgeYaml right = yaml(topic);
    BridgeYaml wrong = right.with(TestAmebo.SECRET.reveal(), "not-the-application-secret");
    try (TestBridge bridge = TestBridge.start(wrong.writeTo(dir))) {
      assertThat(bridge.awaitFailure())
          .contains("does not accept", TestAmebo.APPLICATION, "check the name and the secret")
          .doesNotContain("not-the-application-secret");
      assertThat(bridge.readiness()).isEqualTo(503);
      assertThat(bridge.deadLetters()).isEmpty();
      bridge.assertAccounted();
    }
    assertThat(committed(right.group(), topic)).isNull();
    assertThat(amebo.events(topic)).isEmpty();
    try (TestBridge bridge = TestBridge.start(right.writeTo(dir))) {
      bridge.awaitDone(2).assertAccounted();
      assertArrived(topic, 0, 1);
    }
  }

  @Test
  void anActionOfAnotherApplication() throws Exception {
    String topic = topicWith(created(0), event("forbidden", 1), created(2));
    BridgeYaml yaml = yaml(topic);
    try (TestBridge bridge = TestBridge.start(yaml.writeTo(dir))) {
      assertThat(bridge.awaitFailure())
          .contains(TestAmebo.FOREIGN_ACTION, "another", "Nothing was dead-lettered");
      assertThat(bridge.deadLetters()).isEmpty();
      bridge.assertAccounted();
    }
    assertThat(committed(yaml.group(), topic)).isIn(0L, 1L);
    BridgeYaml corrected =
        yaml.with("user.{{ type }}", "\"user.{{ type = 'forbidden' ? 'updated' : type }}\"");
    try (TestBridge bridge = TestBridge.start(corrected.writeTo(dir))) {
      await().untilAsserted(() -> assertArrived(topic, 0, 1, 2));
      await().untilAsserted(() -> assertThat(bridge.count("lag")).isZero());
      bridge.assertAccounted();
    }
  }

  @Test
  void aReceiverThatRedirects() throws Exception {
    AtomicInteger status = new AtomicInteger(301);
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://elsewhere.example/hook");
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    receiver.start();
    URI address = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort());
    String topic = topicWith(event("updated", 0));
    try (TestBridge bridge = TestBridge.start(yaml(topic).writeTo(dir))) {
      bridge.awaitDone(1).assertAccounted();
      assertArrived(topic, 0);
      amebo.subscribe("redirecting", "user.updated", address, 2);
      long event = amebo.events(topic).get(0).event();
      String gists = "/v1/gists?application=redirecting&event=" + event;
      await()
          .untilAsserted(
              () -> {
                JsonNode gist = amebo.get(gists).path(0);
                assertThat(gist.path("state").asString("")).isEqualTo("dead");
                assertThat(gist.path("attempts").asInt()).isEqualTo(3);
                assertThat(gist.path("last_status").asInt()).isEqualTo(301);
                assertThat(gist.path("last_error").asString())
                    .contains("redirect to http://elsewhere.example/hook", "final address");
              });
      assertArrived(topic, 0);
      status.set(204);
      JsonNode replayed =
          amebo.post("/v1/regists/" + amebo.get(gists).path(0).path("gist").asLong());
      assertThat(replayed.path("proxied").asBoolean()).as("%s", replayed).isTrue();
      assertThat(amebo.get(gists).path(0).path("completed").asString()).isEqualTo("True");
    } finally {
      receiver.stop(0);
    }
  }
}
