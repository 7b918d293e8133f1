package io.amebobridge.aws;

import io.amebobridge.aws.AwsErrors.Kind;
import io.amebobridge.core.SourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that only look: tried again where AWS throttles or does not answer, with full jitter; what
 * is not granted becomes a warning that names the permission. Used once, by one thread.
 */
final class AwsLook {
  private static final int ATTEMPTS = 8;
  private static final int FEWER_ATTEMPTS = 3;
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final AwsAccess access;
  private final Pause pause;
  private final Map<String, Refusals> refused = new LinkedHashMap<>();

  /** How it waits. */
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  /** Of one permission: the first of them, and how many there are. */
  private static final class Refusals {
    private final String first;
    private final Kind kind;
    private final String reason;
    private int count;

    Refusals(String first, RuntimeException failure) {
      this.first = first;
      kind = AwsErrors.kind(failure);
      reason = AwsErrors.reason(failure);
    }

    private String verdict() {
      return switch (kind) {
        case DENIED -> "is not granted";
        case NETWORK -> "got no answer that can be read";
        default -> "was refused";
      };
    }
  }

  AwsLook(AwsAccess access, Pause pause) {
    this.access = access;
    this.pause = pause;
  }

  /**
   * What the call gives; null where it is not granted, or the thing has gone meanwhile.
   *
   * @param permission such as {@code sqs:ListQueues}
   * @param what is looked at, such as {@code queue orders}
   */
  <T> @Nullable T call(String permission, String what, Supplier<T> call)
      throws SourceException, InterruptedException {
    try {
      return tried(ATTEMPTS, call);
    } catch (RuntimeException e) {
      Kind kind = AwsErrors.kind(e);
      if (kind == Kind.MISSING) return null;
      if (kind != Kind.DENIED && kind != Kind.REFUSED) {
        throw AwsErrors.source(access, what, permission, e);
      }
      refuse(permission, what, e);
      return null;
    }
  }

  /**
   * As {@link #call}, of what can be done without: it is tried less often, and whatever fails
   * becomes a warning.
   */
  <T> @Nullable T callIfItAnswers(String permission, String what, Supplier<T> call)
      throws SourceException, InterruptedException {
    try {
      return tried(FEWER_ATTEMPTS, call);
    } catch (RuntimeException e) {
      if (AwsErrors.kind(e) == Kind.ABORTED) throw AwsErrors.source(access, what, permission, e);
      refuse(permission, what, e);
      return null;
    }
  }

  private <T> T tried(int attempts, Supplier<T> call) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (RuntimeException e) {
        Kind kind = AwsErrors.kind(e);
        boolean again = kind == Kind.THROTTLED || kind == Kind.SERVICE || kind == Kind.NETWORK;
        if (!again || attempt == attempts) throw e;
      }
      long most = Math.min(LONGEST.toMillis(), FIRST.toMillis() << (attempt - 1));
      pause.pause(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most + 1)));
    }
  }

  private void refuse(String permission, String what, RuntimeException failure) {
    refused.computeIfAbsent(permission, p -> new Refusals(what, failure)).count++;
  }

  /** What could not be seen, a line for each permission. */
  List<String> warnings() {
    List<String> lines = new ArrayList<>();
    refused.forEach(
        (permission, r) ->
            lines.add(
                "%s%s can't be seen: %s %s (%s)%s"
                    .formatted(
                        r.first,
                        r.count == 1 ? "" : " and " + (r.count - 1) + " more",
                        permission,
                        r.verdict(),
                        r.reason,
                        r.kind == Kind.DENIED ? "; grant it to see all" : "")));
    return lines;
  }
}
