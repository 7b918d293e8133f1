package io.amebobridge.aws;

import io.amebobridge.brokers.FauxqsProcess;
import io.amebobridge.core.MessageSink;
import io.amebobridge.core.Naming;
import io.amebobridge.testkit.FaultyAws;
import io.amebobridge.testkit.SinkFault;
import io.amebobridge.testkit.SinkHarness;
import io.amebobridge.testkit.TestAws;
import io.amebobridge.testkit.TestElasticMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A queue, alone or behind a topic, and an endpoint before it that misbehaves on demand. */
final class SendHarness implements SinkHarness {
  private static final Set<String> SENDING = Set.of("SendMessageBatch", "PublishBatch");

  final FaultyAws faults;
  final AwsClients direct;
  final SqsClient sqs;
  final SnsClient sns;
  final String queue;
  final String queueUrl;
  private final @Nullable String topicArn;
  private final boolean fifo;
  private final List<Stored> taken = new ArrayList<>();
  @Nullable String messageGroup = "usual";
  int maxBatch = 4;

  private SendHarness(String server, boolean topic, boolean fifo) throws Exception {
    this.fifo = fifo;
    faults = new FaultyAws(server);
    direct = new AwsClients(AwsClientsTest.access(server, null), 4, Duration.ofSeconds(20));
    sqs = direct.sqs();
    sns = direct.sns();
    String suffix = fifo ? ".fifo" : "";
    queue = TestAws.unique("contract") + suffix;
    queueUrl =
        sqs.createQueue(
                q ->
                    q.queueName(queue)
                        .attributes(
                            fifo ? Map.of(QueueAttributeName.FIFO_QUEUE, "true") : Map.of()))
            .queueUrl();
    topicArn = topic ? topic(TestAws.unique("contract") + suffix) : null;
  }

  static SendHarness queue(boolean fifo) throws Exception {
    return new SendHarness(TestAws.shared().server().endpoint(), false, fifo);
  }

  static SendHarness topic(boolean fifo) throws Exception {
    return new SendHarness(TestAws.shared().server().endpoint(), true, fifo);
  }

  /** At a server of the test's own. */
  static SendHarness queueAt(String server, boolean fifo) throws Exception {
    return new SendHarness(server, false, fifo);
  }

  /** The second, independent server. */
  static SendHarness elasticMq(boolean fifo) throws Exception {
    return new SendHarness(TestElasticMq.shared().endpoint(), false, fifo);
  }

  private String topic(String name) {
    String arn =
        sns.createTopic(t -> t.name(name).attributes(fifo ? Map.of("FifoTopic", "true") : Map.of()))
            .topicArn();
    sns.subscribe(
        s ->
            s.topicArn(arn)
                .protocol("sqs")
                .endpoint("arn:aws:sqs:us-east-1:" + FauxqsProcess.ACCOUNT + ":" + queue)
                .attributes(Map.of("RawMessageDelivery", "true")));
    return arn;
  }

  SendSettings settings(Naming target) {
    AwsAccess.Keys keys = AwsClientsTest.access(faults.endpoint(), null).keys();
    AwsAccess access =
        new AwsAccess(
            "sinks.a", FauxqsProcess.REGION, URI.create(faults.endpoint()), null, keys, null);
    return new SendSettings("a", access, target, messageGroup, maxBatch, 4, Duration.ofSeconds(20));
  }

  @Override
  public MessageSink newSink() {
    SendSettings settings = settings(Naming.address());
    return topicArn == null ? AwsSink.sqs(settings) : AwsSink.sns(settings);
  }

  /** All that is in the queue; it is gone then. */
  List<Message> take() {
    List<Message> all = new ArrayList<>();
    while (true) {
      List<Message> some =
          sqs.receiveMessage(
                  r ->
                      r.queueUrl(queueUrl)
                          .maxNumberOfMessages(10)
                          .messageAttributeNames("All")
                          .messageSystemAttributeNamesWithStrings("All"))
              .messages();
      if (some.isEmpty()) return all;
      all.addAll(some);
      for (Message m : some) {
        sqs.deleteMessage(d -> d.queueUrl(queueUrl).receiptHandle(m.receiptHandle()));
      }
    }
  }

  @Override
  public List<Stored> stored() {
    for (Message m : take()) {
      MessageAttributeValue id = m.messageAttributes().get(SendAttributes.ID);
      byte[] body = m.body().getBytes(StandardCharsets.UTF_8);
      taken.add(new Stored(id == null ? null : id.stringValue(), address(), body));
    }
    return List.copyOf(taken);
  }

  @Override
  public String address() {
    return topicArn == null ? queue : topicArn;
  }

  @Override
  public byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void begin(SinkFault fault) {
    AtomicInteger sent = new AtomicInteger();
    switch (fault) {
      case AWAY -> faults.fail(503, "ServiceUnavailable", Map.of());
      case FAILS_ONCE ->
          faults.script(
              (request, next) ->
                  SENDING.contains(request.action()) && sent.incrementAndGet() == 3
                      ? FaultyAws.error(request, 500, "InternalFailure", Map.of())
                      : next.answer(request));
      case SILENT -> faults.hold();
      case THROTTLING ->
          faults.fail(
              400,
              "ThrottlingException",
              Map.of("Retry-After", String.valueOf(RETRY_AFTER.toSeconds())));
      case DENYING -> faults.fail(403, "InvalidClientTokenId", Map.of());
      case ANSWERS_LOST -> faults.loseAnswers();
      case REDIRECTING ->
          faults.script(
              (request, next) ->
                  new FaultyAws.Answer(307, Map.of("Location", "http://127.0.0.1:1/"), ""));
    }
  }

  @Override
  public void end() {
    faults.wellAgain();
  }

  @Override
  public byte[] rejectedBody(String text) {
    return body(text + '\u0001');
  }

  @Override
  public byte[] oversizedBody() {
    byte[] body = new byte[(topicArn == null ? 1 << 20 : 256 << 10) + 1];
    Arrays.fill(body, (byte) 'x');
    return body;
  }

  @Override
  public String secret() {
    return "test-key";
  }

  /** SQS tells nobody that it has dropped a repeat. */
  @Override
  public boolean recognisesRepeats() {
    return false;
  }

  @Override
  public void close() {
    faults.close();
    direct.close();
  }
}
