package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.Fence;
import io.vertx.core.Future;

/** What is done about subscriptions that this server is given, and that it gives back. */
public interface Driving {
  /** Finishes a rewind that was begun, before {@link #resume}. Blocks, it may be for long. */
  void finishRewind(long subscription, Fence fence);

  /**
   * Resumes a subscription where it stood. Blocks while it reads.
   *
   * @param subscription read from the database after it became this server's to drive
   */
  void resume(Subscription subscription, Fence fence);

  /** Begins no further calls for it; the future ends when those in flight are done and written. */
  Future<Void> release(long subscription);

  /** Ends without a word: another server drives it by now. */
  void abandon(long subscription);
}
