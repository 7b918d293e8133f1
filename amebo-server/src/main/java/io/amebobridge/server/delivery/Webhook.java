package io.amebobridge.server.delivery;

import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Subscription;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription's events go and how they are signed. Immutable.
 *
 * @param signature with the secret, and while it is being replaced with the one before
 * @param path with the query
 */
record Webhook(
    String host,
    int port,
    boolean tls,
    String path,
    WebhookSignature signature,
    @Nullable Secret passphrase,
    boolean envelope) {
  static Webhook of(Subscription subscription, Application subscriber) {
    URI uri = URI.create(subscription.endpoint(subscriber.address()));
    boolean tls = uri.getScheme().equalsIgnoreCase("https");
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String host = uri.getHost();
    return new Webhook(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80,
        tls,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery(),
        WebhookSignature.of(subscriber.secrets().toArray(Secret[]::new)),
        subscription.passphrase() ? subscriber.secret() : null,
        subscription.envelope());
  }
}
