package io.amebobridge.server.http;

import io.vertx.core.Future;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is given again for about a second, so that whoever asks often costs little.
 * Confined to one event loop.
 */
final class Recent {
  private static final long NANOS = 1_000_000_000;
  private final LongSupplier nanoTime;
  private @Nullable Future<Answer> last;
  private long at;

  Recent(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The last answer, which may be on its way, or a new one. */
  Future<Answer> answer(Supplier<Future<Answer>> fresh) {
    Future<Answer> known = last;
    long now = nanoTime.getAsLong();
    if (known == null || (known.isComplete() && now - at >= NANOS)) {
      known = fresh.get();
      last = known;
      at = now;
    }
    return known;
  }
}
