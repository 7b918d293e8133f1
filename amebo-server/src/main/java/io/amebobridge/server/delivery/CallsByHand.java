package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.OpenDelivery;
import io.vertx.core.Future;
import java.util.function.BiConsumer;

/** Calls that somebody asked for, whatever the delivery's state. Confined to one event loop. */
final class CallsByHand {
  private final Outbound out;
  private final Backlog backlog;
  private final CallsInFlight calls;
  private final CurrentEndpoint endpoint;
  private final Outcomes outcomes;
  private final BiConsumer<OpenDelivery, Verdict> settled;

  CallsByHand(
      Outbound out,
      Backlog backlog,
      CallsInFlight calls,
      CurrentEndpoint endpoint,
      Outcomes outcomes,
      BiConsumer<OpenDelivery, Verdict> settled) {
    this.out = out;
    this.backlog = backlog;
    this.calls = calls;
    this.endpoint = endpoint;
    this.outcomes = outcomes;
    this.settled = settled;
  }

  /**
   * One attempt now; answers with a message where that cannot be: the event, or another with its
   * key, is in flight.
   */
  Future<Replay> call(Subscription subscription, LogEvent event, DeliveryRow before) {
    OpenDelivery known =
        new OpenDelivery(event.id(), before.state(), before.attempts(), 0, event.key());
    OpenDelivery delivery = calls.busy(event.id()) ? null : backlog.takeOut(known);
    if (delivery == null) {
      return Future.succeededFuture(
          new Replay(null, "a call for this delivery, or another with its key, is under way"));
    }
    calls.began(event.id());
    Endpoint.Ticket ticket = endpoint.of(subscription).byHand();
    return out.call(subscription, event, delivery.attempts() + 1)
        .map(
            result -> {
              calls.ended(event.id());
              settled.accept(
                  delivery, outcomes.settleByHand(subscription, delivery, event, result, ticket));
              return new Replay(result.status(), result.error());
            });
  }
}
