package io.amebobridge.server.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One receiver, by scheme, host and port: whether it is up, and whether it wants to be left alone.
 * Shared by all subscriptions that go to it. Thread-safe.
 */
final class Endpoint {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** The state that people are shown. */
  enum State {
    CLOSED,
    OPEN,
    PROBING,
    PAUSED;

    /** Whether the breaker is open. */
    boolean down() {
      return this == OPEN || this == PROBING;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * The right to make one call; to be given back by {@link #done} or {@link #unused}.
   *
   * @param probe whether the endpoint is thought to be down: no other call is out, and a failure is
   *     the endpoint's, not the event's
   */
  record Ticket(Endpoint endpoint, boolean probe) {}

  private final String name;
  private final Breaker breaker;
  private final Set<Runnable> users = new CopyOnWriteArraySet<>();
  private long pausedUntil;
  private boolean probing;
  private boolean refused;

  Endpoint(String name, Breaker breaker) {
    this.name = name;
    this.breaker = breaker;
  }

  /** Is called when a call may begin that could not before. */
  void join(Runnable wake) {
    users.add(wake);
  }

  /** Whether nobody uses it any longer. */
  boolean leave(Runnable wake) {
    users.remove(wake);
    return users.isEmpty();
  }

  /** Whether the next ticket, if any, is for a probe. */
  synchronized boolean down() {
    return breaker.open();
  }

  /** Null where no call may begin now. */
  synchronized @Nullable Ticket enter(long now) {
    if (now < pausedUntil) {
      return null;
    }
    if (!breaker.open()) {
      return new Ticket(this, false);
    }
    if (probing || now < breaker.openUntil()) {
      refused = true;
      return null;
    }
    probing = true;
    refused = false;
    return new Ticket(this, true);
  }

  /** A ticket for a call that somebody asked for by hand, whatever the state. */
  Ticket byHand() {
    return new Ticket(this, false);
  }

  /** When time alone lets a call begin; Long.MAX_VALUE where a probe has to end first. */
  synchronized long opensAt() {
    return !breaker.open()
        ? pausedUntil
        : probing ? Long.MAX_VALUE : Math.max(pausedUntil, breaker.openUntil());
  }

  synchronized State state(long now) {
    return breaker.open()
        ? probing ? State.PROBING : State.OPEN
        : now < pausedUntil ? State.PAUSED : State.CLOSED;
  }

  /** The call of this ticket is over. */
  void done(Ticket ticket, CallResult result, long now) {
    boolean changed;
    boolean open;
    synchronized (this) {
      probing = probing && !ticket.probe();
      changed = breaker.record(result, ticket.probe(), now);
      open = breaker.open();
      Duration asked = result.retryAfter();
      if (result.throttled() && asked != null) {
        long pause = Math.min(asked.toMillis(), LONGEST_PAUSE.toMillis());
        pausedUntil = Math.max(pausedUntil, now + pause);
      }
    }
    if (changed) {
      LoggingEventBuilder line = log.atWarn().addKeyValue("endpoint", name);
      if (open) {
        line.addKeyValue("error", result.error()).log("An endpoint is down; probing it");
      } else {
        line.log("An endpoint is back");
      }
    }
    if (changed || ticket.probe()) {
      wake();
    }
  }

  /** No call was made with this ticket. */
  void unused(Ticket ticket) {
    boolean othersWait;
    synchronized (this) {
      probing = probing && !ticket.probe();
      othersWait = ticket.probe() && refused;
    }
    if (othersWait) {
      wake();
    }
  }

  private void wake() {
    List.copyOf(users).forEach(Runnable::run);
  }
}
