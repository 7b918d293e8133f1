package io.amebobridge.aws;

import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * A queue that was created just now. AWS: wait at least a second before it is used; until then it
 * may be missing at one call and there at the next. Immutable and thread-safe.
 *
 * @param url as the creation answered it
 * @param created when, by {@link System#nanoTime()}
 */
record CreatedQueue(QueueName name, String url, long created) {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 500;

  /** By its URL: asking for that may say for a while that there is none. */
  QueueName at() {
    return new QueueName(name.name(), name.account(), name.region(), url);
  }

  /**
   * Calls until the queue is there, for half a minute at most; not for the pump's thread, except at
   * open.
   *
   * @throws SourceException temporary, where it is not there by then
   */
  <T> T whenThere(Callable<T> call) throws Exception {
    while (true) {
      try {
        return call.call();
      } catch (SdkException e) {
        if (AwsErrors.kind(e) != AwsErrors.Kind.MISSING) throw e;
        if (System.nanoTime() - created >= LONGEST.toNanos()) throw notYet(e);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  private SourceException notYet(SdkException failure) {
    return SourceException.temporary(
        "queue %s was created %d s ago, and SQS does not show it yet (%s); the bridge tries again"
            .formatted(
                name,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - created),
                AwsErrors.reason(failure)),
        failure);
  }
}
