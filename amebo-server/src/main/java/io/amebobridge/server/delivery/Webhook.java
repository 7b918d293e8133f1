package io.amebobridge.server.delivery;

import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.security.ReceiverUrl;
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
    ReceiverUrl url = ReceiverUrl.parse(subscription.endpoint(subscriber.address()));
    return new Webhook(
        url.host(),
        url.port(),
        url.tls(),
        url.path(),
        WebhookSignature.of(subscriber.secrets().toArray(Secret[]::new)),
        subscription.passphrase() ? subscriber.secret() : null,
        subscription.envelope());
  }
}
