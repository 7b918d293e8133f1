package io.amebobridge.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.databind.json.JsonMapper;

/** What the demo needs of the stand-in for SNS: all arrives, and in order, whatever SQS does. */
class LocalSnsToQueueTest {
  private static final int COUNT = 300;
  private static final int GROUPS = 5;
  private static final StaticCredentialsProvider ANYBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  @Test
  void theOrderOfAGroupSurvivesAQueueThatIsAwayForAWhile(@TempDir Path dir) throws Exception {
    try (ElasticMqProcess server =
        ElasticMqProcess.in(dir, System.getProperty("java.class.path"))) {
      server.start();
      try (Relay relay = relayTo(server);
          LocalSns local =
              LocalSns.start(
                  LocalSns.Delivering.usual(), URI.create("http://" + relay.endpoint()));
          SqsClient sqs = sqs(server);
          SnsClient sns = sns(local)) {
        Map<QueueAttributeName, String> fifo = Map.of(QueueAttributeName.FIFO_QUEUE, "true");
        String url = sqs.createQueue(q -> q.queueName("orders.fifo").attributes(fifo)).queueUrl();
        String topic =
            sns.createTopic(t -> t.name("order.fifo").attributes(Map.of("FifoTopic", "true")))
                .topicArn();
        String queue =
            "arn:aws:sqs:%s:%s:orders.fifo"
                .formatted(ElasticMqProcess.REGION, ElasticMqProcess.ACCOUNT);
        sns.subscribe(s -> s.topicArn(topic).protocol("sqs").endpoint(queue));
        publish(sns, topic, 0, COUNT / 3);
        relay.refuse();
        publish(sns, topic, COUNT / 3, 2 * COUNT / 3);
        assertThat(local.pending()).as("SNS holds what the queue can't take").isPositive();
        relay.accept();
        publish(sns, topic, 2 * COUNT / 3, COUNT);
        await().until(() -> local.pending() == 0);
        assertThat(local.lost()).isZero();
        Map<String, List<Integer>> arrived = receive(sqs, url);
        assertThat(arrived).hasSize(GROUPS);
        assertThat(arrived.values())
            .allSatisfy(g -> assertThat(g).isSorted().doesNotHaveDuplicates());
        assertThat(arrived.values()).extracting(List::size).containsOnly(COUNT / GROUPS);
      }
    }
  }

  private static Relay relayTo(ElasticMqProcess server) throws Exception {
    int port = URI.create(server.endpoint()).getPort();
    return new Relay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static SqsClient sqs(ElasticMqProcess server) {
    return SqsClient.builder()
        .endpointOverride(URI.create(server.endpoint()))
        .region(Region.of(ElasticMqProcess.REGION))
        .credentialsProvider(ANYBODY)
        .build();
  }

  private static SnsClient sns(LocalSns local) {
    return SnsClient.builder()
        .endpointOverride(URI.create(local.endpoint()))
        .region(Region.of(LocalSns.REGION))
        .credentialsProvider(ANYBODY)
        .build();
  }

  private static void publish(SnsClient sns, String topic, int from, int to) {
    for (int next = from; next < to; next += 10) {
      List<PublishBatchRequestEntry> entries = new ArrayList<>();
      for (int n = next; n < next + 10; n++) {
        entries.add(
            PublishBatchRequestEntry.builder()
                .id("" + n)
                .message("" + n)
                .messageGroupId("group-" + n % GROUPS)
                .messageDeduplicationId("m" + n)
                .build());
      }
      assertThat(
              sns.publishBatch(b -> b.topicArn(topic).publishBatchRequestEntries(entries)).failed())
          .isEmpty();
    }
  }

  private static Map<String, List<Integer>> receive(SqsClient sqs, String url) {
    Map<String, List<Integer>> arrived = new HashMap<>();
    for (int received = 0; received < COUNT; ) {
      List<Message> some =
          sqs.receiveMessage(
                  r ->
                      r.queueUrl(url)
                          .maxNumberOfMessages(10)
                          .waitTimeSeconds(5)
                          .messageSystemAttributeNames(MessageSystemAttributeName.MESSAGE_GROUP_ID))
              .messages();
      assertThat(some).as("after %s", received).isNotEmpty();
      for (Message one : some) {
        String group = one.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
        String published = JsonMapper.shared().readTree(one.body()).path("Message").asString();
        arrived.computeIfAbsent(group, g -> new ArrayList<>()).add(Integer.valueOf(published));
        sqs.deleteMessage(d -> d.queueUrl(url).receiptHandle(one.receiptHandle()));
      }
      received += some.size();
    }
    return arrived;
  }
}
