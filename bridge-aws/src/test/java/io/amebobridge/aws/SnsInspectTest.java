package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.LocalSns;
import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.SourceException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sns.SnsClient;

/** What {@code amebo check} says before, while and after a topic is subscribed. */
class SnsInspectTest {
  @TempDir private Path directory;

  @Test
  void saysHowToSubscribeAndWhetherOneIs() throws Exception {
    try (LocalSns local = LocalSns.start(LocalSns.Delivering.usual(), null);
        AwsClients clients =
            new AwsClients(
                AwsClientsTest.access(local.endpoint(), null), 4, Duration.ofSeconds(5))) {
      SnsClient sns = clients.sns();
      String topic = sns.createTopic(t -> t.name("orders")).topicArn();
      SnsSources config = new SnsSources(directory, local.endpoint(), local.signer());
      config.with("url", config.url.toString()).with("confirm", "true");

      Inspection before = config.factory().inspect(1);
      assertThat(before.facts()).anyMatch(f -> f.endsWith(" is free"));
      assertThat(before.warnings())
          .anyMatch(
              w ->
                  w.contains("aws sns subscribe --region us-east-1 --topic-arn " + topic)
                      && w.contains("--notification-endpoint " + config.url))
          .anyMatch(w -> w.contains("local server only"))
          .anyMatch(w -> w.startsWith("no samples"));

      try (SnsSource source = config.create()) {
        source.open();
        String arn =
            sns.subscribe(
                    s ->
                        s.topicArn(topic)
                            .protocol("http")
                            .endpoint(config.url.toString())
                            .attributes(Map.of("RawMessageDelivery", "true"))
                            .returnSubscriptionArn(true))
                .subscriptionArn();
        await().until(() -> local.pending() == 0);
        Inspection during = config.factory().inspect(0);
        assertThat(during.facts())
            .anyMatch(f -> f.endsWith("has a running bridge"))
            .anyMatch(f -> f.contains("is subscribed for " + config.url));
        assertThat(during.warnings())
            .anyMatch(w -> w.contains("delivers raw"))
            .anyMatch(w -> w.contains("no RedrivePolicy"))
            .anyMatch(w -> w.contains("gives a message up after about a minute"));
        sns.setSubscriptionAttributes(
            s ->
                s.subscriptionArn(arn).attributeName("RawMessageDelivery").attributeValue("false"));
        assertThat(config.factory().inspect(0).warnings()).noneMatch(w -> w.contains("raw"));
      }
    }
  }

  @Test
  void aPortThatSomebodyElseHas() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      SnsSources config =
          SnsSources.of(directory).with("listen", "127.0.0.1:" + other.getLocalPort());
      assertThatThrownBy(() -> config.factory().inspect(0))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("sources.pushed.listen");
    }
  }

  @Test
  void whereNobodyAnswersTheCommandIsSaidAllTheSame() throws Exception {
    Inspection found = SnsSources.of(directory).factory().inspect(0);
    assertThat(found.warnings())
        .anyMatch(w -> w.contains("can't be seen") && w.contains("aws sns subscribe"));
    assertThat(found.toString()).doesNotContain("s3cret-key");
  }
}
