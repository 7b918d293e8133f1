package io.amebobridge.server.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replay of many deliveries of one subscription.
 *
 * @param state whether it still makes deliveries due
 * @param of deliveries in this state: dead or delivered
 * @param action an action's name or a pattern; null for any
 * @param since reached that state at or after, in milliseconds since the epoch
 * @param until reached it before
 * @param events of these events only; null for any
 * @param perSecond so many are made due in a second
 * @param most so many at most
 * @param matched how many there were when it began, up to {@link #MOST_COUNTED}
 * @param replayed how many were made due so far
 * @param position the last delivery that was looked at
 * @param timestamped when it was asked for, in milliseconds since the epoch
 * @param endedAt when it was done or cancelled
 */
public record ReplayRow(
    long id,
    long subscription,
    State state,
    DeliveryRow.State of,
    @Nullable String action,
    @Nullable Long since,
    @Nullable Long until,
    @Nullable List<Long> events,
    int perSecond,
    long most,
    long matched,
    long replayed,
    long position,
    long timestamped,
    @Nullable Long endedAt) {
  /** Counting on would read as long as a replay itself. */
  public static final long MOST_COUNTED = 100_000;

  /** The states of a replay. */
  public enum State {
    RUNNING,
    DONE,
    CANCELLED;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static State of(String text) {
      return valueOf(text.toUpperCase(java.util.Locale.ROOT));
    }
  }

  /**
   * What became of the deliveries that it made due.
   *
   * @param open those that are still to be delivered
   */
  public record Counts(long delivered, long failed, long open) {
    /** Whether there may be more. */
    public boolean isCapped() {
      return Math.max(Math.max(delivered, failed), open) >= MOST_COUNTED;
    }
  }

  /** Whether there may have been more than matched says. */
  public boolean isCapped() {
    return matched >= MOST_COUNTED && most > MOST_COUNTED;
  }

  /** As it was when it was asked for. */
  public ReplayRow asked(long newId, long count, long now) {
    return new ReplayRow(
        newId,
        subscription,
        State.RUNNING,
        of,
        action,
        since,
        until,
        events,
        perSecond,
        most,
        count,
        0,
        0,
        now,
        null);
  }

  /** Further on. */
  public ReplayRow moved(long more, long to) {
    return new ReplayRow(
        id,
        subscription,
        state,
        of,
        action,
        since,
        until,
        events,
        perSecond,
        most,
        matched,
        replayed + more,
        to,
        timestamped,
        endedAt);
  }
}
