package io.amebobridge.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.Topic;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/**
 * The example on the AWS side: SNS topics of orders that were placed and paid, and what an
 * analytics-service has subscribed to them: a standard queue and a FIFO one, where the orders of
 * one customer are a message group.
 */
public final class OrderTopics implements Example {
  private static final int CUSTOMERS = 100;
  private static final String FIFO = ".fifo";
  private static final String SCHEMA =
      """
      {
        "type": "object",
        "properties": {
          "seq": {"type": "integer", "minimum": 0},
          "orderId": {"type": "string", "minLength": 1},
          "customer": {"type": "string", "minLength": 1},
          "total": {"type": "number"},
          "currency": {"enum": ["EUR", "USD"]}
        },
        "required": ["seq", "orderId", "customer"]
      }
      """;

  /**
   * A topic with the queue that is subscribed to it; both FIFO by their names, or neither.
   *
   * @param action the event that its messages become
   */
  public record Fan(String topic, String queue, String action) {
    boolean fifo() {
      return topic.endsWith(FIFO);
    }
  }

  private final Aws aws;
  private final List<Fan> fans;
  private final Duration visibility;
  private final Map<String, String> arns = new HashMap<>();

  /**
   * Makes nothing yet.
   *
   * @param own at the end of every name, before {@code .fifo}; nothing where nobody else is there
   * @param visibility how long after a kill what was held is given out again, in whole seconds
   */
  public OrderTopics(Aws aws, String own, Duration visibility) {
    this.aws = aws;
    this.visibility = visibility;
    fans =
        List.of(
            new Fan("order-placed" + own, "analytics" + own, "order.placed"),
            new Fan("order-paid" + own + FIFO, "analytics-paid" + own + FIFO, "order.paid"));
  }

  @Override
  public String place() {
    String queues = fans.stream().map(Fan::queue).collect(Collectors.joining(" and "));
    String topics = fans.stream().map(Fan::topic).collect(Collectors.joining(" and "));
    return "topics " + topics + ", with queues " + queues;
  }

  public List<Fan> fans() {
    return fans;
  }

  @Override
  public void declare() throws IOException {
    try (SnsClient sns = aws.snsClient();
        SqsClient sqs = aws.sqsClient()) {
      for (Fan fan : fans) {
        String queue = queue(sqs, fan);
        Map<String, String> kind = fan.fifo() ? Map.of("FifoTopic", "true") : Map.of();
        String topic = sns.createTopic(t -> t.name(fan.topic()).attributes(kind)).topicArn();
        sns.subscribe(s -> s.topicArn(topic).protocol("sqs").endpoint(queue));
        synchronized (arns) {
          arns.put(fan.topic(), topic);
        }
      }
    } catch (SdkException e) {
      throw new IOException(place() + " can't be made: " + e.getMessage(), e);
    }
  }

  /** Its ARN. */
  private String queue(SqsClient sqs, Fan fan) {
    Map<QueueAttributeName, String> attributes = new HashMap<>();
    attributes.put(QueueAttributeName.VISIBILITY_TIMEOUT, "" + visibility.toSeconds());
    if (fan.fifo()) attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
    String url = sqs.createQueue(q -> q.queueName(fan.queue()).attributes(attributes)).queueUrl();
    return sqs.getQueueAttributes(q -> q.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
        .attributes()
        .get(QueueAttributeName.QUEUE_ARN);
  }

  /** What {@link #declare()} has made, with whatever is in it; what is not there need not go. */
  public void remove() throws IOException {
    try (SnsClient sns = aws.snsClient();
        SqsClient sqs = aws.sqsClient()) {
      for (Fan fan : fans) {
        for (Topic topic : sns.listTopicsPaginator().topics()) {
          if (!topic.topicArn().endsWith(":" + fan.topic())) continue;
          sns.listSubscriptionsByTopicPaginator(l -> l.topicArn(topic.topicArn()))
              .subscriptions()
              .forEach(s -> sns.unsubscribe(u -> u.subscriptionArn(s.subscriptionArn())));
          sns.deleteTopic(t -> t.topicArn(topic.topicArn()));
        }
        try {
          String url = sqs.getQueueUrl(q -> q.queueName(fan.queue())).queueUrl();
          sqs.deleteQueue(q -> q.queueUrl(url));
        } catch (QueueDoesNotExistException gone) {
          // what was wanted
        }
      }
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public Registrations registrations() {
    List<String> actions = fans.stream().map(Fan::action).toList();
    return new Registrations(actions, SCHEMA, "analytics-service", "order.*", "/webhooks/orders");
  }

  /** Of a FIFO topic's, the orders of one customer. */
  @Override
  public @Nullable String ordered(int number) {
    return fan(number).fifo() ? customer(number) : null;
  }

  @Override
  public String mapping() {
    StringBuilder text =
        new StringBuilder(
            """
            sources:
              shop:
                sqs: {region: %s, endpoint: "%s", accessKeyId: %s, secretAccessKey: %3$s}
                queues: [%s]
                read: takeover
                visibility: %ds
            routes:
            """
                .formatted(
                    Aws.REGION,
                    aws.sqs(),
                    Aws.KEY,
                    fans.stream().map(Fan::queue).collect(Collectors.joining(", ")),
                    visibility.toSeconds()));
    for (Fan fan : fans) {
      text.append(
          """
            - from: {source: shop, topic: %s}
              action: %s
          """
              .formatted(fan.topic(), fan.action()));
    }
    Fan fan = fans.get(0);
    return text
        + """
        tests:
          - name: an order that is placed
            input: {queue: %s, topic: %s, body: {seq: 1, total: 19.90}}
            expect:
              - {action: %s, payload: {seq: 1, total: 19.90}}
        """
            .formatted(fan.queue(), fan.topic(), fan.action());
  }

  @Override
  public Producer producer(AtomicLong acknowledged) {
    return new OrderPublisher(aws, this, acknowledged);
  }

  Fan fan(int number) {
    return fans.get(number % fans.size());
  }

  String arn(Fan fan) {
    synchronized (arns) {
      return java.util.Objects.requireNonNull(arns.get(fan.topic()), "not declared");
    }
  }

  private String customer(int number) {
    return "customer-" + number / fans.size() % CUSTOMERS;
  }

  /** With a deduplication id that is the same however often it is sent. */
  PublishBatchRequestEntry entry(int number) {
    String order = "order-" + number;
    String body =
        "{\"seq\":%d,\"orderId\":\"%s\",\"customer\":\"%s\",\"total\":%d.90,\"currency\":\"EUR\"}"
            .formatted(number, order, customer(number), number % 100);
    PublishBatchRequestEntry.Builder entry =
        PublishBatchRequestEntry.builder().id(Integer.toString(number)).message(body);
    if (fan(number).fifo()) entry.messageGroupId(customer(number)).messageDeduplicationId(order);
    return entry.build();
  }
}
