package io.amebobridge.core.amebo;

import io.amebobridge.client.AmeboException;
import io.amebobridge.client.PublishResult;
import io.amebobridge.core.SendResult;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the client's answers mean for a message (rule 6). */
final class Outcomes {
  /**
   * Refusals that are about what was sent. Any other (a redirect, a missing route, a media type) is
   * about the server or the way to it, and no message is to blame.
   */
  private static final Set<Integer> ABOUT_CONTENT = Set.of(400, 406, 409, 413, 422);

  private Outcomes() {}

  static SendResult of(PublishResult result) {
    return switch (result.status()) {
      case ACCEPTED -> SendResult.accepted();
      case DUPLICATE -> SendResult.duplicate();
      case REJECTED ->
          SendResult.rejected(result.error() == null ? "no reason given" : result.error());
    };
  }

  /** Whether one of the events of this request is at fault. */
  static boolean isAboutContent(Throwable failure) {
    return failure instanceof AmeboException.Refused r && ABOUT_CONTENT.contains(r.status());
  }

  /** Whether the request as a whole has too many bytes for something on the way. */
  static boolean isTooLarge(Throwable failure) {
    return failure instanceof AmeboException.Refused r && r.status() == 413;
  }

  /** What a failed call means for every message in it; null for what nobody foresaw. */
  static @Nullable SendResult of(Throwable failure) {
    if (!(failure instanceof AmeboException e)) return null;
    String why = String.valueOf(e.getMessage());
    if (e instanceof AmeboException.Unavailable u) {
      return SendResult.unavailable(why, u.retryAfter().orElse(null));
    }
    if (e instanceof AmeboException.Denied) return SendResult.denied(why);
    if (isAboutContent(e)) return SendResult.rejected(why);
    return SendResult.unavailable(why, null);
  }

  /** What throws instead of giving a failed stage is the same failure. */
  static <T> CompletableFuture<T> call(Supplier<CompletionStage<T>> api) {
    try {
      return api.get().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
