package io.amebobridge.server.delivery;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The receivers in use. Thread-safe. */
final class Endpoints {
  private final Map<String, Endpoint> known = new ConcurrentHashMap<>();
  private final Function<String, Endpoint> make;

  Endpoints(int threshold, Backoff backoff) {
    this.make = name -> new Endpoint(name, new Breaker(threshold, backoff));
  }

  static String name(Webhook webhook) {
    String host = webhook.host().toLowerCase(Locale.ROOT);
    return (webhook.tls() ? "https://" : "http://")
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + webhook.port();
  }

  /** The endpoint of this name, which wakes the caller from now on. */
  Endpoint join(String name, Runnable wake) {
    return known.compute(
        name,
        (key, found) -> {
          Endpoint endpoint = found == null ? make.apply(key) : found;
          endpoint.join(wake);
          return endpoint;
        });
  }

  /** Forgets an endpoint that was the last user's. */
  void leave(String name, Runnable wake) {
    known.computeIfPresent(name, (key, found) -> found.leave(wake) ? null : found);
  }

  int size() {
    return known.size();
  }
}
