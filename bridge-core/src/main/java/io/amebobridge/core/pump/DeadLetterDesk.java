package io.amebobridge.core.pump;

import io.amebobridge.core.Delivery;
import io.amebobridge.core.deadletter.DeadLetter;
import io.amebobridge.core.deadletter.DeadLetterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters on their way to the store, and the watch over their share. A delivery leaves only
 * when its letter is durable (rule 5): while the store fails, it stays in flight and is tried
 * again.
 */
final class DeadLetterDesk {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterDesk.class);

  private final DeadLetterStore store;
  private final PumpSettings settings;
  private final Tally tally;
  private final Map<Delivery, DeadLetter> pending = new LinkedHashMap<>();
  private final Map<String, OutcomeWindow> windows = new HashMap<>();
  private @Nullable String refusal;
  private int attempt;
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
    if (pending.isEmpty() || (attempt > 0 && notBefore - now > 0)) return List.of();
    try {
      store.store(List.copyOf(pending.values()));
    } catch (IOException e) {
      notBefore = now + settings.backoff().delayNanos(attempt++, null);
      String text = "dead letters can't be stored, {} wait and block their source: {}";
      if (attempt == 1) log.warn(text, pending.size(), e.toString());
      else log.debug(text + " (attempt {})", pending.size(), e.toString(), attempt);
      tally.failed("dead letters can't be stored: " + e.getMessage());
      return List.of();
    }
    if (attempt > 0) log.info("dead letters can be stored again, after {} attempts", attempt);
    attempt = 0;
    pending.values().forEach(tally::deadLettered);
    List<Delivery> stored = new ArrayList<>(pending.keySet());
    pending.clear();
    return stored;
  }

  boolean empty() {
    return pending.isEmpty();
  }

  /** Nanoseconds until the store is to be tried again; {@link Long#MAX_VALUE} if nothing waits. */
  long untilRetry(long now) {
    if (pending.isEmpty()) return Long.MAX_VALUE;
    return attempt == 0 ? 0 : Math.max(0, notBefore - now);
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
