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
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final AwsAccess access;
  private final Pause pause;
  private final Map<String, Refusals> refused = new LinkedHashMap<>();

  /** How it waits. */
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  private static final class Refusals {
    private int count;
    private String first = "";
    private String reason = "";
    private boolean denied;
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
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (RuntimeException e) {
        Kind kind = AwsErrors.kind(e);
        if (kind == Kind.MISSING) return null;
        if (kind == Kind.DENIED || kind == Kind.REFUSED) {
          refuse(permission, what, kind, AwsErrors.reason(e));
          return null;
        }
        boolean again = kind == Kind.THROTTLED || kind == Kind.SERVICE || kind == Kind.NETWORK;
        if (!again || attempt == ATTEMPTS) throw AwsErrors.source(access, what, permission, e);
      }
      long most = Math.min(LONGEST.toMillis(), FIRST.toMillis() << (attempt - 1));
      pause.pause(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most + 1)));
    }
  }

  private void refuse(String permission, String what, Kind kind, String reason) {
    Refusals all = refused.computeIfAbsent(permission, p -> new Refusals());
    if (all.count++ > 0) return;
    all.first = what;
    all.reason = reason;
    all.denied = kind == Kind.DENIED;
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
                        r.denied ? "is not granted" : "was refused",
                        r.reason,
                        r.denied ? "; grant it to see all" : "")));
    return lines;
  }
}
