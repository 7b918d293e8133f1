package io.amebobridge.testkit;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fails whoever touches a source from a second thread (rule 1); {@link #wakeup()} is exempt. The
 * first call after construction decides which thread it is. What was swallowed on the way can be
 * asked for with {@link #violations()}.
 */
public final class ThreadConfinedSource implements MessageSource {
  private final MessageSource source;
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();

  public ThreadConfinedSource(MessageSource source) {
    this.source = source;
  }

  /** Empty when all is well. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  private MessageSource confined(String call) {
    Thread current = Thread.currentThread();
    if (!owner.compareAndSet(null, current) && owner.get() != current) {
      String violation =
          "rule 1: " + call + " on " + current.getName() + ", the source belongs to " + owner.get();
      violations.add(violation);
      throw new AssertionError(violation);
    }
    return source;
  }

  @Override
  public void open() throws SourceException, InterruptedException {
    confined("open").open();
  }

  @Override
  public List<Delivery> poll(int max, Duration maxWait)
      throws SourceException, InterruptedException {
    return confined("poll").poll(max, maxWait);
  }

  @Override
  public boolean owns(Delivery delivery) {
    return confined("owns").owns(delivery);
  }

  @Override
  public void settle(Collection<Delivery> finished) throws SourceException {
    confined("settle").settle(finished);
  }

  @Override
  public void wakeup() {
    source.wakeup();
  }

  @Override
  public void beforeRevocation(RevocationHandler handler) {
    confined("beforeRevocation").beforeRevocation(handler);
  }

  @Override
  public List<LaneStatus> lanes() {
    return confined("lanes").lanes();
  }

  @Override
  public @Nullable String away() {
    return confined("away").away();
  }

  @Override
  public void close() {
    confined("close").close();
  }

  @Override
  public String toString() {
    return source.toString();
  }
}
