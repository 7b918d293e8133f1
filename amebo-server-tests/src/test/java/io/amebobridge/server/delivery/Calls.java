package io.amebobridge.server.delivery;

import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.security.AddressGuard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A webhook client by itself, with a name service of the test's own. */
final class Calls implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final WebhookClient client;
  final Addresses addresses;

  Calls(AddressGuard guard, Addresses.Resolver resolver, DeliverySettings settings) {
    addresses = new Addresses(vertx, guard, resolver);
    client = new WebhookClient(vertx, addresses, settings);
  }

  /** To receivers on loopback. */
  static Calls local(DeliverySettings settings) {
    return new Calls(
        new AddressGuard(true, List.of()),
        host -> List.of(InetAddress.getAllByName("127.0.0.1")),
        settings);
  }

  CallResult call(String host, int port) {
    return call(host, port, false);
  }

  CallResult call(String host, int port, boolean tls) {
    Webhook webhook =
        new Webhook(
            host,
            port,
            tls,
            "/hook",
            WebhookSignature.of(Secret.of("a-secret-of-some-length")),
            null,
            false);
    WebhookRequest request =
        new WebhookRequest(
            Map.of("Content-Type", "application/json", "webhook-id", "1"), Buffer.buffer("{}"));
    Promise<CallResult> done = Promise.promise();
    vertx.runOnContext(
        on -> {
          Future<CallResult> call = client.call(webhook, request);
          call.onComplete(done);
        });
    return done.future()
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(2, TimeUnit.MINUTES)
        .join();
  }

  @Override
  public void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
