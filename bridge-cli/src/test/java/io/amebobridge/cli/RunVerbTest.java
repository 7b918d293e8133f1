package io.amebobridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.FreePorts;
import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.EventQuery;
import io.amebobridge.client.Secret;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that run until they are stopped, in JVMs of their own. */
class RunVerbTest extends EndToEnd {
  private static final Secret SHOP = Secret.of("application-secret-of-the-shop");

  @TempDir Path dir;

  @Test
  void runEndsInOrderOnSigterm() throws Exception {
    String topic = topicWith(created(0), created(1));
    BridgeYaml yaml = yaml(topic);
    try (var running = CliProcess.start(dir, Map.of(), "run", "-c", yaml.writeTo(dir))) {
      await().untilAsserted(() -> assertArrived(topic, 0, 1));
      Cli ended = running.terminate();
      assertThat(ended.exitCode()).as(ended.err()).isZero();
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err()).contains("amebo: status at http://127.0.0.1:");
    }
    assertThat(committed(yaml.group(), topic)).isEqualTo(2);
  }

  @Test
  void serveEndsInOrderOnSigterm() throws Exception {
    String dsn = "sqlite:" + dir.resolve("data/amebo.db");
    try (var running = CliProcess.start(dir, Map.of(), "serve", "--port", "0", "--dsn", dsn)) {
      await().until(() -> running.saidSoFar().contains("amebo: serving at http://"));
      Cli ended = running.terminate();
      assertThat(ended.exitCode()).as(ended.err()).isZero();
    }
    assertThat(dir.resolve("data/amebo.db")).exists();
  }

  @Test
  void anAmeboInsideTheBridge() throws Exception {
    String topic = topicWith(created(0), created(1));
    int port = FreePorts.next();
    BridgeYaml yaml =
        yaml(topic)
            .with("  url: " + amebo.uri() + "\n", "  embedded: sqlite:./inside/amebo.db\n")
            .with("  application: " + TestAmebo.APPLICATION + "\n", "")
            .with("  secret: " + TestAmebo.SECRET.reveal() + "\n", "")
            .with("earliest", "latest");
    Secret password = Secret.of("password-of-the-inner-admin");
    Map<String, String> environment =
        Map.of("AMEBO_PORT", String.valueOf(port), "AMEBO_PASSWORD", password.reveal());
    try (var running = CliProcess.start(dir, environment, "run", "-c", yaml.writeTo(dir));
        AmeboApi api =
            AmeboHttpClient.builder("http://127.0.0.1:" + port, Credentials.user("admin", password))
                .build()) {
      await().ignoreExceptions().untilAsserted(() -> api.register(application()));
      api.register(new ActionSpec("user.created", "shop", "{\"type\":\"object\"}", SHOP));
      await().until(() -> committed(yaml.group(), topic) != null);
      produce(topic, created(2), created(3));
      await()
          .untilAsserted(
              () -> assertThat(api.events(new EventQuery(null, null, 0L, 10))).hasSize(2));
      assertThat(running.terminate().exitCode()).isZero();
    }
    assertThat(dir.resolve("inside/amebo.db")).exists();
  }

  private static ApplicationSpec application() {
    return new ApplicationSpec("shop", "http://127.0.0.1:1", SHOP);
  }
}
