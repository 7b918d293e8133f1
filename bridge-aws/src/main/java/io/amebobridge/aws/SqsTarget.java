package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/** A queue, looked for at its first use. Thread-safe. */
final class SqsTarget implements SendTarget {
  /** Bytes of a message, and of a batch. */
  static final int MOST_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SqsTarget.class);

  private final SqsClient sqs;
  private final QueueName given;
  private final SendErrors errors;
  private volatile @Nullable SqsQueue found;

  /**
   * Asks nobody yet.
   *
   * @param queue name, URL or ARN
   * @throws IllegalArgumentException where it is none of these; says what is allowed
   */
  SqsTarget(SqsClient sqs, String queue, SendErrors errors) {
    this.sqs = sqs;
    given = QueueName.parse(queue);
    this.errors = errors;
  }

  @Override
  public void look() {
    SqsQueue unused = find();
  }

  /** Looks for it, once. Who may send need not be allowed to see the attributes. */
  SqsQueue find() {
    SqsQueue known = found;
    if (known != null) return known;
    SqsQueue queue = SqsQueue.find(sqs, given, null);
    Throwable unreadable = queue.unreadable();
    if (unreadable != null) {
      String why = AwsErrors.reason(unreadable);
      LOG.info("{}: its own limits can't be seen (sqs:GetQueueAttributes): {}", this, why);
    }
    found = queue;
    return queue;
  }

  /** Of a message, as far as it is known. */
  int maxBytes() {
    SqsQueue known = found;
    String limit =
        known == null ? null : known.attributes().get(QueueAttributeName.MAXIMUM_MESSAGE_SIZE);
    return limit == null ? MOST_BYTES : Integer.parseInt(limit);
  }

  @Override
  public List<SendResult> send(List<SendEntry> entries) {
    SqsQueue at = find();
    int most = maxBytes();
    SendResults results = new SendResults(this, errors, entries.size());
    List<SendMessageBatchRequestEntry> request = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      String tooLarge = entries.get(i).tooLarge(most, this + " (MaximumMessageSize)");
      if (tooLarge != null) results.rejected(i, tooLarge);
      else request.add(entry(i, entries.get(i)));
    }
    if (!request.isEmpty()) {
      SendMessageBatchResponse answer =
          sqs.sendMessageBatch(r -> r.queueUrl(at.url()).entries(request));
      answer.successful().forEach(s -> results.accepted(s.id()));
      answer.failed().forEach(f -> results.failed(f.id(), f.senderFault(), f.code(), f.message()));
    }
    return results.all();
  }

  private static SendMessageBatchRequestEntry entry(int index, SendEntry e) {
    Map<String, MessageAttributeValue> attributes = new HashMap<>();
    e.attributes().forEach((name, a) -> attributes.put(name, value(a)));
    return SendMessageBatchRequestEntry.builder()
        .id(SendResults.id(index))
        .messageBody(e.body())
        .messageAttributes(attributes)
        .messageGroupId(e.group())
        .messageDeduplicationId(e.dedup())
        .build();
  }

  private static MessageAttributeValue value(SendAttribute a) {
    byte[] bytes = a.bytes();
    return MessageAttributeValue.builder()
        .dataType(a.type())
        .stringValue(a.text())
        .binaryValue(bytes == null ? null : SdkBytes.fromByteArrayUnsafe(bytes))
        .build();
  }

  @Override
  public boolean wasThere() {
    return found != null;
  }

  @Override
  public String toString() {
    return "queue " + given;
  }
}
