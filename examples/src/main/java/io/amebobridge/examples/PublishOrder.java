package io.amebobridge.examples;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.AmeboHttpClient;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Credentials;
import io.amebobridge.client.NewEvent;
import io.amebobridge.client.PublishResult;
import io.amebobridge.client.Secret;

/**
 * An order service that publishes {@code order.placed}. Needs an administrator once, to register;
 * to publish, the application's secret is enough.
 *
 * <pre>
 * AMEBO_URL=http://localhost:3310 AMEBO_PASSWORD=... ORDERS_SECRET=... java ... PublishOrder 4711
 * </pre>
 */
public final class PublishOrder {
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["orderId"], "properties": {"orderId": {"type": "string"}}}
      """;

  private PublishOrder() {}

  public static void main(String[] args) throws InterruptedException {
    String url = System.getenv().getOrDefault("AMEBO_URL", "http://localhost:3310");
    Secret secret = Secret.of(System.getenv("ORDERS_SECRET"));
    register(url, Secret.of(System.getenv("AMEBO_PASSWORD")), secret);
    System.out.println(publish(url, secret, args[0]));
  }

  /** Registers the application and its action; a second time changes nothing. */
  static void register(String url, Secret password, Secret secret) throws InterruptedException {
    try (AmeboApi amebo =
        AmeboHttpClient.builder(url, Credentials.user("admin", password)).build()) {
      amebo.register(new ApplicationSpec("orders", "http://localhost:8080", secret));
      amebo.register(new ActionSpec("order.placed", "orders", SCHEMA, secret));
    }
  }

  /** The order's number is the idempotency key: publishing it twice stores it once. */
  static PublishResult publish(String url, Secret secret, String orderId) {
    try (AmeboApi amebo =
        AmeboHttpClient.builder(url, Credentials.application("orders", secret)).build()) {
      String payload = "{\"orderId\":\"" + orderId + "\"}";
      return amebo
          .publish(NewEvent.of("order.placed", payload, "order-" + orderId))
          .toCompletableFuture()
          .join();
    }
  }
}
