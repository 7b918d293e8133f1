package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of large bodies may be held at once, by all connections together. Small ones are
 * bounded by the number of connections. Thread-safe.
 */
final class BodyBudget {
  private static final long SMALL = 64 << 10;
  private final AtomicLong left;

  BodyBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /**
   * Takes a request's share until it is answered.
   *
   * @param most what its body has where it does not say so
   * @throws Refusal where too much is held already
   */
  void take(RoutingContext context, int most) {
    long share = Math.min(most, announced(context, most));
    if (share <= SMALL) {
      return;
    }
    if (left.addAndGet(-share) < 0) {
      left.addAndGet(share);
      throw new Refusal(503, "body - too many large requests at once");
    }
    context.addEndHandler(ended -> left.addAndGet(share));
  }

  private static long announced(RoutingContext context, int most) {
    String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      boolean chunked = context.request().headers().contains(HttpHeaders.TRANSFER_ENCODING);
      return chunked ? most : 0;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      return most;
    }
  }
}
