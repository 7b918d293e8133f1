package io.amebobridge.aws;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * How long until SQS removes what is not yet settled: told by the oldest message that is held, as
 * SQS does not tell of those that wait. Confined to the pump's thread.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final String queue;
  private long millis;
  private boolean saidHalf;
  private boolean saidTenth;

  /**
   * New, without a limit.
   *
   * @param queue as a sentence begins, such as {@code orders: queue a}
   */
  Retention(String queue) {
    this.queue = queue;
  }

  void of(SqsQueue found) {
    String seconds = found.attributes().get(QueueAttributeName.MESSAGE_RETENTION_PERIOD);
    millis = seconds == null ? 0 : Duration.ofSeconds(Long.parseLong(seconds)).toMillis();
  }

  /**
   * Says once when less than the half, and when less than a tenth of the time is left.
   *
   * @param sent when the oldest was sent, as milliseconds since 1970; 0: nothing is held
   */
  void see(long sent, long now) {
    Long left = headroomSeconds(sent, now);
    boolean half = left != null && left * 1_000 < millis / 2;
    boolean tenth = left != null && left * 1_000 < millis / 10;
    if (tenth && !saidTenth) LOG.error("{} {}", queue, text(left, now - sent));
    else if (half && !saidHalf) LOG.warn("{} {}", queue, text(left, now - sent));
    saidHalf = half;
    saidTenth = tenth;
  }

  private static String text(long left, long age) {
    return "has messages that are "
        + Duration.ofMillis(age).truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
        + " old and not settled; SQS removes them in "
        + Duration.ofSeconds(left)
        + ", whoever holds them: mend what holds them up, or lengthen the queue's retention";
  }

  /** Null where nothing is held, or the queue's retention is not known. */
  @Nullable Long headroomSeconds(long sent, long now) {
    if (sent <= 0 || millis == 0) return null;
    return Math.max(0, (sent + millis - now) / 1_000);
  }
}
