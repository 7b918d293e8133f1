package io.amebobridge.core;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from one place. Confined to the pump's thread; only {@link #wakeup()} may be
 * called from another (rule 1).
 */
public interface MessageSource extends AutoCloseable {
  /** Connects and checks what can be checked; throws rather than waits where the broker is away. */
  void open() throws SourceException, InterruptedException;

  /**
   * All periodic work (fetch, flush settlements, renew leases, keep membership), then at most max
   * deliveries; returns early with what there is, or empty after maxWait. A max of 0 does only that
   * work.
   *
   * @throws SourceException {@link SourceException#temporary()} says whether polling again may
   *     help; a source that can go on by itself when the broker returns does not throw, it reports
   */
  List<Delivery> poll(int max, Duration maxWait) throws SourceException, InterruptedException;

  /** False once the broker may have given this delivery to someone else. */
  boolean owns(Delivery delivery);

  /**
   * Finished for good: any order, any subset; no longer owned = ignored. Durable at the broker soon
   * after (a source says within what time), on revocation and on close. A crash before that brings
   * the messages again, under the same ids (rule 4).
   */
  void settle(Collection<Delivery> finished) throws SourceException;

  /** Makes a poll under way return soon. The one call that any thread may make. */
  void wakeup();

  /**
   * Who drains before ownership is given up (rule 8). The source calls it from within poll or
   * close, still owning the deliveries; the handler may call settle meanwhile. Set at most once,
   * before open.
   */
  default void beforeRevocation(RevocationHandler handler) {}

  /** Where this source stands, per lane, as of the last poll; cheap. */
  default List<LaneStatus> lanes() {
    return List.of();
  }

  /** Why the broker does not answer now, for people; null where nothing is known to be wrong. */
  default @Nullable String away() {
    return null;
  }

  /**
   * Settles what was settled, leaves the rest to the broker. Never throws for a broker that is
   * away.
   */
  @Override
  void close();

  /** Called when the broker takes lanes away in order. */
  interface RevocationHandler {
    /** Finish what is in flight in these lanes and settle it, within the deadline. */
    void drain(Collection<String> lanes, Duration deadline)
        throws SourceException, InterruptedException;
  }
}
