package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges, reports and records how a subscription's calls ended. Confined to one event loop. */
final class Outcomes {
  private static final Logger log = LoggerFactory.getLogger(Outcomes.class);
  private final Outbound out;
  private final Backoff backoff;
  private final Recorder recorder;
  private final Gauges gauges;
  private final DeadLetterLog deadLetters;
  private int failuresInARow;
  private int uncountedInARow;

  Outcomes(Outbound out, Recorder recorder, Gauges gauges, DeadLetterLog deadLetters) {
    this.out = out;
    this.backoff = out.backoff();
    this.recorder = recorder;
    this.gauges = gauges;
    this.deadLetters = deadLetters;
  }

  /** An event that is not due yet. */
  void sleeps(Subscription subscription, OpenDelivery delivery) {
    CallResult none = new CallResult(null, null, null, null);
    record(subscription, delivery, new Verdict(State.WAITING, 0, delivery.due()), none, null);
  }

  /** An event that is no longer stored. */
  Verdict gone(Subscription subscription, OpenDelivery delivery) {
    Verdict verdict = new Verdict(State.DEAD, delivery.attempts(), null);
    CallResult result = CallResult.failed("the event is no longer stored");
    log.atWarn()
        .addKeyValue("subscription", subscription.id())
        .addKeyValue("event", delivery.event())
        .log("An event to be delivered is no longer stored");
    out.metrics().dead();
    record(subscription, delivery, verdict, result, null);
    return verdict;
  }

  Verdict settle(
      Subscription subscription,
      OpenDelivery delivery,
      LogEvent event,
      CallResult result,
      Endpoint.Ticket ticket,
      long call,
      AdaptiveWindow window) {
    long now = out.clock().millis();
    ticket.endpoint().done(ticket, result, now);
    boolean halved = false;
    if (result.success()) {
      window.succeeded();
      failuresInARow = 0;
      uncountedInARow = 0;
    } else if (result.overloaded()) {
      halved = window.overloaded(call);
    }
    if (!Verdict.counts(result, ticket.probe()) && (halved || ticket.probe())) {
      uncountedInARow++;
    }
    Verdict verdict =
        Verdict.of(
            delivery,
            result,
            ticket.probe(),
            uncountedInARow,
            subscription.maxRetries(),
            backoff,
            now);
    report(subscription, event, delivery, verdict, result);
    // What was answered is kept where somebody may ask why; delivered rows stay small.
    record(subscription, delivery, verdict, result, result.success() ? null : result.response());
    return verdict;
  }

  /**
   * A call by hand: it counts, but gives up nothing that was delivered, and revives nothing that is
   * dead unless it succeeds. What was answered is kept in any case.
   */
  Verdict settleByHand(
      Subscription subscription,
      OpenDelivery before,
      LogEvent event,
      CallResult result,
      Endpoint.Ticket ticket) {
    long now = out.clock().millis();
    ticket.endpoint().done(ticket, result, now);
    Verdict verdict = Verdict.of(before, result, false, 0, subscription.maxRetries(), backoff, now);
    if (!result.success() && before.state() == State.DELIVERED) {
      return new Verdict(State.DELIVERED, before.attempts(), null);
    }
    if (!result.success() && before.state() == State.DEAD) {
      verdict = new Verdict(State.DEAD, before.attempts() + 1, null);
    }
    report(subscription, event, before, verdict, result);
    record(subscription, before, verdict, result, result.response());
    return verdict;
  }

  private void report(
      Subscription subscription,
      LogEvent event,
      OpenDelivery before,
      Verdict verdict,
      CallResult result) {
    if (result.success()) {
      out.metrics().delivered();
      return;
    }
    boolean dead = verdict.state() == State.DEAD;
    if (dead) {
      out.metrics().dead();
    } else {
      out.metrics().failedAttempt();
    }
    String next = dead ? "given up" : "will be tried again";
    DeliveryLog.failed(
        failuresInARow++ == 0, subscription, event, before.attempts() + 1, result, next);
    if (dead && before.state() != State.DEAD) {
      deadLetters.died(subscription, event.id(), verdict.attempts(), result);
    }
  }

  private void record(
      Subscription subscription,
      OpenDelivery before,
      Verdict verdict,
      CallResult result,
      @Nullable String response) {
    gauges.moved(before.state(), verdict.state(), 1);
    recorder.add(
        new DeliveryRow(
            subscription.id(),
            before.event(),
            verdict.state(),
            verdict.attempts(),
            verdict.due(),
            result.status(),
            result.error(),
            out.clock().millis(),
            response));
  }
}
