package io.amebobridge.server.http;

import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Looks again before it refuses: what is asked for may have been registered at another server a
 * moment ago. Thread-safe.
 */
final class SecondLook {
  /** Refusals that what is registered can turn. */
  private static final Set<Integer> TURN = Set.of(401, 403, 404, 406, 409, 417, 422, 426);

  private final Registry registry;

  SecondLook(Registry registry) {
    this.registry = registry;
  }

  /** The route's answer; it is asked twice where it refuses and something was registered since. */
  Future<Answer> answer(Context context, Supplier<Future<Answer>> route) {
    if (!registry.shared()) {
      return route.get();
    }
    long revision = registry.revision();
    return attempt(route)
        .recover(
            cause ->
                turns(cause)
                    ? Future.fromCompletionStage(registry.changedSince(revision), context)
                        .compose(changed -> changed ? attempt(route) : Future.failedFuture(cause))
                    : Future.failedFuture(cause));
  }

  private static boolean turns(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof Refusal refusal
        && !refusal.isFinal()
        && TURN.contains(refusal.status());
  }

  private static Future<Answer> attempt(Supplier<Future<Answer>> route) {
    try {
      return route.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
