package io.amebobridge.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of one published event.
 *
 * @param event the stored event's id; for a duplicate that of the first one; 0 when rejected
 * @param error why it was rejected, else null
 */
public record PublishResult(Status status, long event, @Nullable String error) {
  /** Accepted and duplicate both mean: the event is durably stored. Rejected is for good. */
  public enum Status {
    ACCEPTED,
    DUPLICATE,
    REJECTED
  }

  public static PublishResult accepted(long event) {
    return new PublishResult(Status.ACCEPTED, event, null);
  }

  public static PublishResult duplicate(long event) {
    return new PublishResult(Status.DUPLICATE, event, null);
  }

  public static PublishResult rejected(String error) {
    return new PublishResult(Status.REJECTED, 0, error);
  }

  public boolean stored() {
    return status != Status.REJECTED;
  }
}
