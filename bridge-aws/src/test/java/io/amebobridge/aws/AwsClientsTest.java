package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.client.Secret;
import io.amebobridge.testkit.TestAws;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;

class AwsClientsTest {
  static AwsAccess access(String endpoint, AwsAccess.Role role) {
    AwsAccess.Keys keys = new AwsAccess.Keys(Secret.of("test-id"), Secret.of("test-key"), null);
    return new AwsAccess(
        "sources.a.sqs", FauxqsProcess.REGION, URI.create(endpoint), null, keys, role);
  }

  @Test
  void aClientTalksToTheEndpoint() throws Exception {
    String endpoint = TestAws.shared().server().endpoint();
    try (AwsClients clients = new AwsClients(access(endpoint, null), 4, Duration.ofSeconds(5))) {
      SqsClient sqs = clients.sqs();
      String url = sqs.createQueue(q -> q.queueName(TestAws.unique("orders"))).queueUrl();
      sqs.sendMessage(m -> m.queueUrl(url).messageBody("one"));
      assertThat(sqs.receiveMessage(r -> r.queueUrl(url)).messages())
          .singleElement()
          .satisfies(m -> assertThat(m.body()).isEqualTo("one"));
    }
  }

  @Test
  void noTextHasTheKeys() {
    assertThat(access("http://localhost:1", null).toString()).doesNotContain("test-");
    assertThat(access("http://localhost:1", null).keys().toString()).doesNotContain("test-");
  }
}
