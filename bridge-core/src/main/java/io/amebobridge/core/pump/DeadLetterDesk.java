package io.amebobridge.core.pump;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters on their way to the store, and the watch over their share. A delivery leaves only
 * when its letter is durable (rule 5): while the store fails, it stays in flight and is tried
 * again.
 */
final class DeadLetterDesk {
  /** When to ask again for letters that are on their way. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final Logger log = LoggerFactory.getLogger(DeadLetterDesk.class);

  private final DeadLetterStore store;
  private final PumpSettings settings;
  private final Tally tally;
  private final Map<Delivery, DeadLetter> pending = new LinkedHashMap<>();
  private final Map<String, OutcomeWindow> windows = new HashMap<>();
  private @Nullable String refusal;
  private int attempt;

  /** Nothing is asked of the store before this time. */
  private boolean waits;

  private long notBefore;

  DeadLetterDesk(DeadLetterStore store, PumpSettings settings, Tally tally) {
    this.store = store;
    this.settings = settings;
    this.tally = tally;
  }

  /** Counts a message that was accepted. */
  void passed(String route) {
    window(route).add(false);
  }

  /**
   * Takes a letter, unless there have been too many: then the message is left with the broker, and
   * {@link #refusal()} says why.
   */
  void add(Delivery delivery, DeadLetter letter) {
    OutcomeWindow window = window(letter.route());
    window.add(true);
    if (settings.maxDeadLetterShare() < 1 && window.exceeds(settings.maxDeadLetterShare())) {
      if (refusal == null) refusal = tooMany(letter, window.count());
    } else {
      pending.put(delivery, letter);
    }
  }

  /** Why the pump must stop; null if it need not. */
  @Nullable String refusal() {
    return refusal;
  }

  private String tooMany(DeadLetter letter, int count) {
    return (letter.route().isEmpty() ? "messages without a route" : "route " + letter.route())
        + ": "
        + count
        + " of the last "
        + settings.deadLetterWindow()
        + " messages went to the dead letters, allowed: a share of "
        + settings.maxDeadLetterShare()
        + " (deadLetters.maxShare). The mapping is wrong, not the messages; the last one, "
        + letter.message().origin().where()
        + ", failed because: "
        + letter.reason()
        + ". Correct the config, start again, then replay the dead letters";
  }

  /** Stores what is pending; returns what may now be settled. */
  List<Delivery> flush(long now) {
    if (pending.isEmpty() || (waits && notBefore - now > 0)) return List.of();
    DeadLetterStore.Stored stored;
    try {
      stored = store.store(List.copyOf(pending.values()));
    } catch (IOException e) {
      stored = new DeadLetterStore.Stored(List.of(), e.getMessage());
    }
    List<Delivery> finished = take(stored.durable());
    String trouble = stored.trouble();
    if (trouble != null) {
      failed(trouble, now);
    } else {
      if (attempt > 0) log.info("dead letters can be stored again, after {} attempts", attempt);
      attempt = 0;
      waits = !pending.isEmpty();
      notBefore = now + LOOK_AGAIN_NANOS;
    }
    return finished;
  }

  private List<Delivery> take(List<DeadLetter> durable) {
    Set<DeadLetter> done = Collections.newSetFromMap(new IdentityHashMap<>());
    done.addAll(durable);
    List<Delivery> finished = new ArrayList<>();
    for (Map.Entry<Delivery, DeadLetter> each : pending.entrySet()) {
      if (!done.contains(each.getValue())) continue;
      tally.deadLettered(each.getValue());
      finished.add(each.getKey());
    }
    finished.forEach(pending::remove);
    return finished;
  }

  private void failed(String why, long now) {
    waits = true;
    notBefore = now + settings.backoff().delayNanos(attempt++, null);
    String text = "dead letters can't be stored, {} wait and block their source: {}";
    if (attempt == 1) log.warn(text, pending.size(), why);
    else log.debug(text + " (attempt {})", pending.size(), why, attempt);
    tally.failed("dead letters can't be stored: " + why);
  }

  /**
   * Whether to wait for letters of these lanes: not where they can't be stored.
   *
   * @param lanes null: all
   */
  boolean onTheirWay(@Nullable Collection<String> lanes) {
    if (attempt > 0) return false;
    if (lanes == null) return !pending.isEmpty();
    return pending.keySet().stream().anyMatch(d -> d.lane() != null && lanes.contains(d.lane()));
  }

  /** Nanoseconds until the store is to be tried again; {@link Long#MAX_VALUE} if nothing waits. */
  long untilRetry(long now) {
    if (pending.isEmpty()) return Long.MAX_VALUE;
    return waits ? Math.max(0, notBefore - now) : 0;
  }

  /** Forgets what is not stored: its owner is another one now. Returns how many. */
  int abandon() {
    int gone = pending.size();
    pending.clear();
    return gone;
  }

  private OutcomeWindow window(String route) {
    return windows.computeIfAbsent(route, r -> new OutcomeWindow(settings.deadLetterWindow()));
  }
}
