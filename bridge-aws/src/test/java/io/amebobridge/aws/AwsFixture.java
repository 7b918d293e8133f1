package io.amebobridge.aws;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.testkit.TestAws;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The tests' own hands at the shared server, with names that no other test has. */
final class AwsFixture implements AutoCloseable {
  final FauxqsProcess server;
  final AwsClients clients;
  final SqsClient sqs;
  final SnsClient sns;
  final S3Client s3;

  AwsFixture() throws Exception {
    this(TestAws.shared().server());
  }

  AwsFixture(FauxqsProcess server) throws Exception {
    this.server = server;
    AwsAccess access = AwsClientsTest.access(server.endpoint(), null);
    clients = new AwsClients(access, 10, Duration.ofSeconds(10));
    sqs = clients.sqs();
    sns = clients.sns();
    s3 = clients.s3();
  }

  AwsAccess access() {
    return AwsClientsTest.access(server.endpoint(), null);
  }

  /** Its URL. */
  String queue(String name) {
    Map<QueueAttributeName, String> attributes = new HashMap<>();
    if (name.endsWith(".fifo")) attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    return sqs.createQueue(c -> c.queueName(name).attributes(attributes)).queueUrl();
  }

  /** Its ARN. */
  String topic(String name) {
    Map<String, String> attributes = new HashMap<>();
    if (name.endsWith(".fifo")) {
      attributes.put("FifoTopic", "true");
      attributes.put("ContentBasedDeduplication", "false");
    }
    return sns.createTopic(c -> c.name(name).attributes(attributes)).topicArn();
  }

  static String queueArn(String name) {
    return "arn:aws:sqs:%s:%s:%s".formatted(FauxqsProcess.REGION, FauxqsProcess.ACCOUNT, name);
  }

  /** Its ARN. */
  String subscribe(String topic, String queue, Map<String, String> attributes) {
    return sns.subscribe(
            s ->
                s.topicArn(topic)
                    .protocol("sqs")
                    .endpoint(queueArn(queue))
                    .attributes(attributes)
                    .returnSubscriptionArn(true))
        .subscriptionArn();
  }

  void set(String subscription, String name, String value) {
    sns.setSubscriptionAttributes(
        s -> s.subscriptionArn(subscription).attributeName(name).attributeValue(value));
  }

  /** All queues and subscriptions that have this in their name, with all that is set for them. */
  Map<String, Object> state(String part) {
    Map<String, Object> state = new TreeMap<>();
    for (String url : sqs.listQueues().queueUrls()) {
      if (!url.contains(part)) continue;
      Map<QueueAttributeName, String> attributes =
          new HashMap<>(
              sqs.getQueueAttributes(g -> g.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                  .attributes());
      state.put(url, new TreeMap<>(attributes));
    }
    for (var s : sns.listSubscriptionsPaginator().subscriptions()) {
      if (!(s.topicArn() + s.endpoint()).contains(part)) continue;
      Map<String, String> attributes =
          sns.getSubscriptionAttributes(g -> g.subscriptionArn(s.subscriptionArn())).attributes();
      state.put(s.subscriptionArn(), new TreeMap<>(attributes));
    }
    return state;
  }

  @Override
  public void close() {
    clients.close();
  }
}
