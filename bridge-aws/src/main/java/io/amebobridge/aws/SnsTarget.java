package io.amebobridge.aws;

import io.amebobridge.core.SendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;

/** A topic. Thread-safe. */
final class SnsTarget implements SendTarget {
  /** Bytes of a message, and of a batch. */
  static final int MOST_BYTES = 256 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(SnsTarget.class);

  private static final Pattern ARN =
      Pattern.compile("arn:[a-z-]+:sns:([a-z0-9-]+):\\d+:[\\w-]{1,256}(\\.fifo)?");

  private final SnsClient sns;
  private final String arn;
  private final SendErrors errors;
  private volatile boolean wasThere;

  /**
   * Asks nobody yet.
   *
   * @param ofRegion the client for topics of a region
   * @throws IllegalArgumentException where this is no topic's ARN; says what is allowed
   */
  SnsTarget(Function<String, SnsClient> ofRegion, String arn, SendErrors errors) {
    Matcher parts = ARN.matcher(arn);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "got "
              + arn
              + ", allowed: a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:orders");
    }
    sns = ofRegion.apply(parts.group(1));
    this.arn = arn;
    this.errors = errors;
  }

  /** Who may publish need not be allowed to look. */
  @Override
  public void look() {
    try {
      var unused = sns.getTopicAttributes(r -> r.topicArn(arn));
      wasThere = true;
    } catch (SdkException e) {
      if (AwsErrors.kind(e) != AwsErrors.Kind.DENIED) throw e;
      LOG.info("{} can't be looked at (sns:GetTopicAttributes): {}", this, AwsErrors.reason(e));
    }
  }

  @Override
  public List<SendResult> send(List<SendEntry> entries) {
    List<PublishBatchRequestEntry> request = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) request.add(entry(i, entries.get(i)));
    PublishBatchResponse answer =
        sns.publishBatch(r -> r.topicArn(arn).publishBatchRequestEntries(request));
    wasThere = true;
    SendResults results = new SendResults(this, errors, entries.size());
    answer.successful().forEach(s -> results.accepted(s.id()));
    answer.failed().forEach(f -> results.failed(f.id(), f.senderFault(), f.code(), f.message()));
    return results.all();
  }

  private static PublishBatchRequestEntry entry(int index, SendEntry e) {
    Map<String, MessageAttributeValue> attributes = new HashMap<>();
    e.attributes().forEach((name, a) -> attributes.put(name, value(a)));
    return PublishBatchRequestEntry.builder()
        .id(SendResults.id(index))
        .message(e.body())
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
    return wasThere;
  }

  @Override
  public String toString() {
    return "topic " + arn;
  }
}
