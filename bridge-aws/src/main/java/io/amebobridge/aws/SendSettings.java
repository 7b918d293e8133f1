package io.amebobridge.aws;

import io.amebobridge.core.Naming;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where messages are sent to.
 *
 * @param name of the sink, for threads and logs
 * @param target of SQS a queue's name, URL or ARN; of SNS a topic's ARN; by default the address
 * @param messageGroup of messages without key and lane, where the target is FIFO; null: none, such
 *     messages are rejected
 * @param maxBatchMessages in one request, 1 to 10
 * @param requests under way at once, at most
 * @param answerLimit how long the service may take for one request
 */
record SendSettings(
    String name,
    AwsAccess access,
    Naming target,
    @Nullable String messageGroup,
    int maxBatchMessages,
    int requests,
    Duration answerLimit) {
  static final int REQUESTS = 8;
  static final int MOST_IN_BATCH = 10;
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  SendSettings {
    if (maxBatchMessages < 1 || maxBatchMessages > MOST_IN_BATCH) {
      throw new IllegalArgumentException("maxBatchMessages is 1 to 10");
    }
    if (requests < 1) throw new IllegalArgumentException("requests must be positive");
  }

  /** The usual ones. */
  SendSettings(String name, AwsAccess access, Naming target, @Nullable String messageGroup) {
    this(name, access, target, messageGroup, MOST_IN_BATCH, REQUESTS, ANSWER_LIMIT);
  }
}
