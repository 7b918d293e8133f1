package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** What the demo needs of it. */
class ElasticMqProcessTest {
  private static final int COUNT = 40;
  private static final int GROUPS = 4;
  private static final int DELETED = 12;

  @Test
  void whatWasNotDeletedIsBackInItsPlace(@TempDir Path dir) throws Exception {
    try (ElasticMqProcess server = of(dir)) {
      server.start();
      assertThat(server.version()).isEqualTo("1.7.1");
      try (SqsClient sqs = client(server)) {
        Map<QueueAttributeName, String> attributes =
            Map.of(
                QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.VISIBILITY_TIMEOUT, "1");
        String url =
            sqs.createQueue(q -> q.queueName("orders.fifo").attributes(attributes)).queueUrl();
        assertThat(url)
            .isEqualTo(server.endpoint() + "/" + ElasticMqProcess.ACCOUNT + "/orders.fifo");
        send(sqs, url);
        Map<String, List<Integer>> arrived = new HashMap<>();
        // some are deleted, the others left to their visibility
        take(sqs, url, DELETED, arrived);
        assertThat(sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10)).messages())
            .isNotEmpty();
        take(sqs, url, COUNT - DELETED, arrived);
        for (int g = 0; g < GROUPS; g++) {
          assertThat(arrived.get("group-" + g))
              .as("group %s", g)
              .isSorted()
              .hasSize(COUNT / GROUPS);
        }
      }
    }
  }

  @Test
  void aPortThatIsTaken(@TempDir Path dir) throws Exception {
    try (ElasticMqProcess server = of(dir);
        ServerSocket socket = new ServerSocket()) {
      URI endpoint = URI.create(server.endpoint());
      socket.bind(new java.net.InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
      assertThatThrownBy(server::start)
          .hasMessageContainingAll("ElasticMQ did not start", "Address already in use");
    }
  }

  private static ElasticMqProcess of(Path dir) throws Exception {
    return ElasticMqProcess.in(dir, System.getProperty("java.class.path"));
  }

  private static SqsClient client(ElasticMqProcess server) {
    return SqsClient.builder()
        .endpointOverride(URI.create(server.endpoint()))
        .region(Region.of(ElasticMqProcess.REGION))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }

  private static void send(SqsClient sqs, String url) {
    for (int from = 0; from < COUNT; from += 10) {
      List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
      for (int n = from; n < from + 10; n++) {
        entries.add(
            SendMessageBatchRequestEntry.builder()
                .id("m" + n)
                .messageBody(String.valueOf(n))
                .messageGroupId("group-" + n % GROUPS)
                .messageDeduplicationId("m" + n)
                .build());
      }
      assertThat(sqs.sendMessageBatch(b -> b.queueUrl(url).entries(entries)).failed()).isEmpty();
    }
  }

  /** Takes and deletes so many, one by one. */
  private static void take(
      SqsClient sqs, String url, int count, Map<String, List<Integer>> arrived) {
    for (int taken = 0; taken < count; taken++) {
      List<Message> received =
          sqs.receiveMessage(
                  r ->
                      r.queueUrl(url)
                          .maxNumberOfMessages(1)
                          .waitTimeSeconds(5)
                          .messageSystemAttributeNames(MessageSystemAttributeName.MESSAGE_GROUP_ID))
              .messages();
      assertThat(received).as("after %s of %s", taken, count).hasSize(1);
      Message one = received.get(0);
      arrived
          .computeIfAbsent(
              one.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID),
              group -> new ArrayList<>())
          .add(Integer.valueOf(one.body()));
      sqs.deleteMessage(d -> d.queueUrl(url).receiptHandle(one.receiptHandle()));
    }
  }
}
