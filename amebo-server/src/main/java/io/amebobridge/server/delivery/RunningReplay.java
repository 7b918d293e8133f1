package io.amebobridge.server.delivery;

import io.amebobridge.server.store.ReplayRow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A driver's replay of many, one at a time. Confined to the driver's event loop. */
final class RunningReplay {
  private final Function<ReplayRow, ReplayJob> make;
  private final Runnable ended;
  private @Nullable ReplayJob job;
  private @Nullable ReplayRow following;
  private boolean stopping;

  /**
   * @param ended called after each, but before the one that follows
   */
  RunningReplay(Function<ReplayRow, ReplayJob> make, Runnable ended) {
    this.make = make;
    this.ended = ended;
  }

  /** Goes on with it; where another is under way, as soon as that has ended. */
  void take(ReplayRow row) {
    if (stopping) {
      return;
    }
    if (job != null) {
      following = job.id() == row.id() ? following : row; // it was cancelled, and learns it soon
      return;
    }
    ReplayJob begun = make.apply(row);
    job = begun;
    begun.run().onComplete(done -> next());
  }

  private void next() {
    job = null;
    ReplayRow next = following;
    following = null;
    ended.run();
    if (next != null) {
      take(next);
    }
  }

  /** Takes no more, and ends the one that runs; false where there is none. */
  boolean stop() {
    stopping = true;
    if (job == null) {
      return false;
    }
    job.stop();
    return job != null;
  }
}
