package io.amebobridge.aws;

import static org.awaitility.Awaitility.await;

import io.amebobridge.brokers.LocalSns;
import io.amebobridge.core.MessageSource;
import io.amebobridge.testkit.MessageSourceContract;
import io.amebobridge.testkit.SourceGuarantee;
import io.amebobridge.testkit.SourceHarness;
import io.amebobridge.testkit.TestAws;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sns.SnsClient;

/** SNS keeps a message, and posts it again, until it was answered: a broker as others are. */
class SnsSourceContractTest extends MessageSourceContract {
  private static LocalSns local;
  private static AwsClients clients;
  private static SnsClient sns;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws Exception {
    local =
        LocalSns.start(
            new LocalSns.Delivering(
                Duration.ofSeconds(15), Duration.ofMillis(50), Duration.ofMinutes(10)),
            null);
    clients =
        new AwsClients(AwsClientsTest.access(local.endpoint(), null), 4, Duration.ofSeconds(5));
    sns = clients.sns();
  }

  @AfterAll
  static void stop() {
    clients.close();
    local.close();
  }

  @Override
  protected SourceHarness harness() throws Exception {
    return new Harness(directory);
  }

  private static final class Harness implements SourceHarness {
    private final List<String> topics = List.of(TestAws.unique("orders"), TestAws.unique("bills"));
    private final SnsSources config;

    Harness(Path directory) throws Exception {
      List<String> arns =
          topics.stream().map(t -> sns.createTopic(c -> c.name(t)).topicArn()).toList();
      config =
          new SnsSources(directory, local.endpoint(), local.signer())
              .with("topics", arns.toString())
              .with("confirm", "true");
      for (String arn : arns) {
        sns.subscribe(s -> s.topicArn(arn).protocol("http").endpoint(config.url.toString()));
      }
      confirmed(arns);
    }

    /** By a source, as it would be. */
    private void confirmed(List<String> arns) throws Exception {
      MessageSource source = config.create();
      try {
        source.open();
        await().until(() -> arns.stream().allMatch(Harness::isConfirmed));
      } finally {
        source.close();
      }
    }

    private static boolean isConfirmed(String arn) {
      return sns.listSubscriptionsByTopic(l -> l.topicArn(arn)).subscriptions().stream()
          .allMatch(s -> s.subscriptionArn().startsWith("arn:"));
    }

    @Override
    public List<String> lanes() {
      return topics;
    }

    @Override
    public void publish(String lane, List<Outgoing> messages) {
      for (Outgoing each : messages) {
        String text = new String(each.body(), StandardCharsets.UTF_8);
        sns.publish(p -> p.topicArn("arn:aws:sns:us-east-1:000000000000:" + lane).message(text));
      }
    }

    @Override
    public MessageSource newSource() throws Exception {
      return config.create();
    }

    @Override
    public void killBroker() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void startBroker() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Duration lease() {
      return Duration.ofMinutes(1);
    }

    @Override
    public byte[] poison() {
      return "not {json \u0000".getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String secret() {
      return "s3cret-key";
    }

    @Override
    public Map<SourceGuarantee, String> unsupported() {
      return Map.of(
          SourceGuarantee.ORDER, "SNS posts in no order",
          SourceGuarantee.OWNERSHIP_MOVES, "one address has one process",
          SourceGuarantee.LEASES, "a message stays ours while SNS tries again",
          SourceGuarantee.BROKER_RESTART, "the stand-in for SNS has what it has in memory",
          SourceGuarantee.TOMBSTONES, "SNS takes no empty message",
          SourceGuarantee.REPEATED_HEADERS, "SNS's attributes are unique, its bodies text");
    }

    @Override
    public void close() {
      for (String topic : topics) {
        sns.deleteTopic(d -> d.topicArn("arn:aws:sns:us-east-1:000000000000:" + topic));
      }
    }
  }
}
