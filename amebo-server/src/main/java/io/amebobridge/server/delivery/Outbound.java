package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryReader;
import io.amebobridge.server.store.EventReader;
import io.amebobridge.server.store.LogEvent;
import io.amebobridge.server.store.LogWriter;
import io.amebobridge.server.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;

/** What all drivers share. */
record Outbound(
    Vertx vertx,
    WorkerExecutor reads,
    WebhookClient client,
    Endpoints endpoints,
    PageBudget pages,
    Store store,
    Registry registry,
    ServerMetrics metrics,
    DeliverySettings settings,
    InstantSource clock) {
  EventReader events() {
    return store.deliveryEvents();
  }

  DeliveryReader deliveries() {
    return store.deliveries();
  }

  LogWriter writer() {
    return store.writer();
  }

  Backoff backoff() {
    return new Backoff(settings.backoffBase(), settings.backoffCap());
  }

  /** One attempt. The future always succeeds. */
  Future<CallResult> call(Subscription subscription, LogEvent event, int attempt) {
    try {
      Application subscriber = registry.application(subscription.application()).orElseThrow();
      String action = registry.action(event.actionId()).map(Action::name).orElseThrow();
      // Made anew each time: the application's address and secret may have changed.
      Webhook webhook = Webhook.of(subscription, subscriber);
      long began = System.nanoTime();
      return client
          .call(
              webhook,
              WebhookRequest.of(
                  webhook, subscription.id(), action, event, attempt, clock.instant()))
          .onSuccess(result -> measure(subscription, event, result, System.nanoTime() - began));
    } catch (RuntimeException e) {
      return Future.succeededFuture(
          CallResult.failed("the webhook could not be made: " + e.getMessage()));
    }
  }

  private void measure(Subscription subscription, LogEvent event, CallResult result, long nanos) {
    metrics.called(subscription.id(), result.success(), Duration.ofNanos(nanos));
    if (result.success()) {
      Long until = event.sleepUntil();
      long from = Math.max(event.timestamped(), until == null ? 0 : until * 1000);
      metrics.latency(Duration.ofMillis(clock.millis() - from));
    }
  }
}
