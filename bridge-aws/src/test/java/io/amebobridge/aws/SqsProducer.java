package io.amebobridge.aws;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** What an application does with SQS: makes queues, and sends. */
final class SqsProducer implements AutoCloseable {
  private final AwsClients clients;
  final SqsClient sqs;

  SqsProducer(String endpoint) throws Exception {
    clients = new AwsClients(AwsClientsTest.access(endpoint, null), 4, Duration.ofSeconds(10));
    sqs = clients.sqs();
  }

  void queue(String name) {
    queue(name, Map.of());
  }

  void queue(String name, Map<QueueAttributeName, String> attributes) {
    Map<QueueAttributeName, String> all = new HashMap<>(attributes);
    if (name.endsWith(".fifo")) all.put(QueueAttributeName.FIFO_QUEUE, "true");
    var unused = sqs.createQueue(q -> q.queueName(name).attributes(all));
  }

  String url(String queue) {
    return sqs.getQueueUrl(q -> q.queueName(queue)).queueUrl();
  }

  /** In this order; the group is null for a standard queue. */
  void send(String queue, @Nullable String group, List<String> bodies) {
    String url = url(queue);
    for (int i = 0; i < bodies.size(); i += 10) {
      List<SendMessageBatchRequestEntry> entries =
          bodies.subList(i, Math.min(bodies.size(), i + 10)).stream()
              .map(
                  body ->
                      SendMessageBatchRequestEntry.builder()
                          .id(UUID.randomUUID().toString())
                          .messageBody(body)
                          .messageGroupId(group)
                          .messageDeduplicationId(
                              group == null ? null : UUID.randomUUID().toString())
                          .build())
              .toList();
      var sent = sqs.sendMessageBatch(b -> b.queueUrl(url).entries(entries));
      if (!sent.failed().isEmpty()) throw new IllegalStateException("not sent: " + sent.failed());
    }
  }

  /** Visible and hidden ones. */
  int count(String queue) {
    return sqs
        .getQueueAttributes(
            q ->
                q.queueUrl(url(queue))
                    .attributeNames(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .attributes()
        .values()
        .stream()
        .mapToInt(Integer::parseInt)
        .sum();
  }

  @Override
  public void close() {
    clients.close();
  }
}
