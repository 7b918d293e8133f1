package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessTest {
  @Test
  void keepsItsAddressAndItsDataOverKill9StopAndPause(@TempDir Path dir) throws Exception {
    try (KafkaProcess kafka = KafkaProcess.in(dir).user("alice", "wonder").build()) {
      kafka.start();
      String address = kafka.endpoint();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
        kafka.kill9();
        assertThat(kafka.isRunning()).isFalse();
        kafka.start();
        assertThat(kafka.endpoint()).isEqualTo(address);
        assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).contains("kept");

        kafka.pause();
        var answer = admin.listTopics().names();
        assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
            .isInstanceOf(java.util.concurrent.TimeoutException.class);
        kafka.resume();
        assertThat(answer.get(10, TimeUnit.SECONDS)).contains("kept");

        throughTheRelay(kafka);
        onlyWithThePassword(kafka);
        kafka.stop();
        kafka.start();
        assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).contains("kept");
      }
    }
  }

  private static void throughTheRelay(KafkaProcess kafka) throws Exception {
    try (Relay relay = kafka.relay();
        Admin admin = Admin.create(Map.of("bootstrap.servers", relay.endpoint()))) {
      assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).contains("kept");
      relay.stall(true);
      var answer = admin.listTopics().names();
      assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      relay.stall(false);
      assertThat(answer.get(10, TimeUnit.SECONDS)).contains("kept");
      relay.cut();
      assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).contains("kept");
    }
  }

  private static void onlyWithThePassword(KafkaProcess kafka) throws Exception {
    try (Admin admin = Admin.create(login(kafka, "wonder"))) {
      assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).contains("kept");
    }
    try (Admin admin = Admin.create(login(kafka, "wrong"))) {
      assertThatThrownBy(() -> admin.listTopics().names().get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  private static Map<String, Object> login(KafkaProcess kafka, String password) {
    return Map.of(
        "bootstrap.servers",
        kafka.saslBootstrap(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\""
            + " password=\""
            + password
            + "\";");
  }
}
