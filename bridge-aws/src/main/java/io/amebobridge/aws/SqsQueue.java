package io.amebobridge.aws;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A queue that was found. Immutable.
 *
 * @param visibility how long what is received is hidden
 * @param attributes empty where they may not be read
 * @param unreadable why the attributes may not be read; null: they may
 */
record SqsQueue(
    QueueName given,
    String url,
    Duration visibility,
    Map<QueueAttributeName, String> attributes,
    @Nullable Throwable unreadable) {
  /** Since it is renewed, a longer one only helps; a shorter one is renewed all the time. */
  static final Duration LEAST_USUAL = Duration.ofSeconds(30);

  String name() {
    return given.name();
  }

  boolean isFifo() {
    return given.isFifo();
  }

  /**
   * Asks SQS; waits for it.
   *
   * @param visibility null: the queue's own
   * @throws SdkException where it can't be found, or may not be
   */
  static SqsQueue find(SqsClient sqs, QueueName given, @Nullable Duration visibility) {
    String url = given.url();
    if (url == null) {
      url =
          sqs.getQueueUrl(q -> q.queueName(given.name()).queueOwnerAWSAccountId(given.account()))
              .queueUrl();
    }
    String at = url;
    Map<QueueAttributeName, String> attributes = new EnumMap<>(QueueAttributeName.class);
    Throwable unreadable = null;
    try {
      sqs.getQueueAttributes(q -> q.queueUrl(at).attributeNames(QueueAttributeName.ALL))
          .attributes()
          .forEach(
              (name, value) -> {
                if (name != QueueAttributeName.UNKNOWN_TO_SDK_VERSION) attributes.put(name, value);
              });
    } catch (SdkException e) {
      if (AwsErrors.kind(e) != AwsErrors.Kind.DENIED) throw e;
      unreadable = e;
    }
    return new SqsQueue(
        given,
        at,
        visibility == null ? usual(attributes) : visibility,
        Map.copyOf(attributes),
        unreadable);
  }

  private static Duration usual(Map<QueueAttributeName, String> attributes) {
    String own = attributes.get(QueueAttributeName.VISIBILITY_TIMEOUT);
    if (own == null) return LEAST_USUAL;
    Duration seconds = Duration.ofSeconds(Long.parseLong(own));
    return seconds.compareTo(LEAST_USUAL) < 0 ? LEAST_USUAL : seconds;
  }
}
