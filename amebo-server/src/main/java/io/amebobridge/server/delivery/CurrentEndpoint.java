package io.amebobridge.server.delivery;

import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint that a subscription's calls go to now: it changes with the webhook, and with the
 * application's address. Confined to one event loop.
 */
final class CurrentEndpoint {
  private final Outbound out;
  private final Runnable wake;
  private @Nullable Subscription subscription;
  private @Nullable Application subscriber;
  private @Nullable String name;
  private @Nullable Endpoint endpoint;

  CurrentEndpoint(Outbound out, Runnable wake) {
    this.out = out;
    this.wake = wake;
  }

  @SuppressWarnings("ReferenceEquality") // a changed one is another object; asked at every step
  Endpoint of(Subscription now) {
    Application to = out.registry().application(now.application()).orElse(null);
    Endpoint known = endpoint;
    if (known != null && subscription == now && subscriber == to) {
      return known;
    }
    subscription = now;
    subscriber = to;
    String wanted = name(now, to);
    if (known != null && wanted.equals(name)) {
      return known;
    }
    leave();
    name = wanted;
    Endpoint joined = out.endpoints().join(wanted, wake);
    endpoint = joined;
    return joined;
  }

  void leave() {
    if (name != null) {
      out.endpoints().leave(name, wake);
      name = null;
      endpoint = null;
    }
  }

  private static String name(Subscription subscription, @Nullable Application subscriber) {
    try {
      if (subscriber != null) {
        return Endpoints.name(Webhook.of(subscription, subscriber));
      }
    } catch (RuntimeException e) {
      // Its calls fail, and say why.
    }
    return "subscription " + subscription.id();
  }
}
