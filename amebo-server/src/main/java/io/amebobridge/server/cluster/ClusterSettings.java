package io.amebobridge.server.cluster;

import java.time.Duration;

/**
 * How several servers share a database. Immutable.
 *
 * @param timeToLive an instance that was not heard of for so long has lost its subscriptions
 * @param renewal between two signs of life
 * @param margin an instance begins nothing this long before its time to live is over
 * @param poll between two looks at what others have committed, while anything is driven here
 * @param drain calls in flight have this long to end before a subscription is given to another
 */
public record ClusterSettings(
    Duration timeToLive, Duration renewal, Duration margin, Duration poll, Duration drain) {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Statements are timed out in whole seconds. */
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  private static final Duration LONGEST = Duration.ofMinutes(10);

  public ClusterSettings {
    require(!poll.isNegative() && !poll.isZero(), "poll", poll, "more than 0");
    require(!drain.isNegative(), "drain", drain, "0 or more");
    require(!renewal.isNegative() && !renewal.isZero(), "renewal", renewal, "more than 0");
    require(!margin.isNegative(), "margin", margin, "0 or more");
    require(
        timeToLive.minus(margin).compareTo(renewal.multipliedBy(2)) >= 0,
        "timeToLive",
        timeToLive,
        "at least the margin and two renewals");
  }

  /** Five seconds to live, renewed each second; a look every 25 ms. */
  public static ClusterSettings defaults() {
    return new ClusterSettings(
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofMillis(25),
        Duration.ofSeconds(8));
  }

  /** Renewed five times in it, and each second at least. */
  public ClusterSettings withTimeToLive(Duration value) {
    boolean fits = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
    require(fits, "timeToLive", value, "2s to 10m");
    Duration fifth = value.dividedBy(5);
    Duration each = fifth.compareTo(SECOND) < 0 ? fifth : SECOND;
    return new ClusterSettings(value, each, each, poll, drain);
  }

  public ClusterSettings withPoll(Duration value) {
    return new ClusterSettings(timeToLive, renewal, margin, value, drain);
  }

  public ClusterSettings withDrain(Duration value) {
    return new ClusterSettings(timeToLive, renewal, margin, poll, value);
  }

  private static void require(boolean holds, String name, Duration got, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "cluster." + name + ": got " + got + ", allowed: " + allowed);
    }
  }
}
