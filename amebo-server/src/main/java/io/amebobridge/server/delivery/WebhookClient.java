package io.amebobridge.server.delivery;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.security.TrustedCertificates;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;

/**
 * Calls receivers: one attempt each, never following a redirect. The address that is dialled is the
 * one that was checked. Thread-safe; to be called on an event loop.
 */
final class WebhookClient {
  private static final long CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final Set<String> TLS = Set.of("TLSv1.2", "TLSv1.3");
  private static final int CONNECTIONS_PER_ENDPOINT =
      1024; // the subscriptions' windows are the bound
  private final Vertx vertx;
  private final HttpClientAgent client;
  private final Addresses addresses;
  private final Duration timeout;

  WebhookClient(Vertx vertx, Addresses addresses, DeliverySettings settings) {
    this.vertx = vertx;
    this.addresses = addresses;
    this.timeout = settings.timeout();
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout((int) Math.min(CONNECT_TIMEOUT_MILLIS, timeout.toMillis()))
            .setKeepAliveTimeout(30)
            .setTcpNoDelay(true)
            .setEnabledSecureTransportProtocols(TLS)
            .setVerifyHost(true)
            .setDecompressionSupported(false); // what is never inflated needs no cap for it
    if (settings.trustedCertificates() != null) {
      options.setTrustOptions(
          TrustOptions.wrap(TrustedCertificates.beside(settings.trustedCertificates())));
    }
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_ENDPOINT))
            .build();
  }

  /** One attempt. The future always succeeds. */
  Future<CallResult> call(Webhook webhook, WebhookRequest request) {
    WebhookCall call = new WebhookCall(request);
    long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), id -> call.expire(timeout));
    addresses
        .resolve(webhook.host())
        .compose(address -> client.request(target(webhook, address)))
        .onSuccess(call::send)
        .onFailure(call::fail);
    return call.done()
        .onSuccess(
            result -> {
              vertx.cancelTimer(timer);
              if (result.endpointDown()) {
                addresses.forget(webhook.host());
              }
            });
  }

  void close() {
    client.close();
  }

  private static RequestOptions target(Webhook webhook, InetAddress address) {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, webhook.port())))
        .setHost(webhook.host())
        .setPort(webhook.port())
        .setSsl(webhook.tls())
        .setURI(webhook.path())
        .setFollowRedirects(false);
  }
}
