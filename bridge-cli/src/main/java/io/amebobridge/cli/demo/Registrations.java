package io.amebobridge.cli.demo;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import java.net.URI;
import java.util.List;

/**
 * What an example registers at Amebo: the bridge with its actions, and a service that subscribes to
 * all of them.
 *
 * @param schema of every action
 * @param subscriber the service's name
 * @param pattern what it subscribes to
 * @param handler where it is called
 */
public record Registrations(
    List<String> actions, String schema, String subscriber, String pattern, String handler) {
  public static final String BRIDGE = "legacy-bridge";
  public static final Secret BRIDGE_SECRET = Secret.of("demo-application-secret-of-legacy-bridge");
  private static final Secret SUBSCRIBER_SECRET = Secret.of("demo-application-secret-of-a-service");
  private static final int MAX_RETRIES = 1000;

  public Registrations {
    actions = List.copyOf(actions);
  }

  /**
   * Registers; a second time changes nothing.
   *
   * @param receiver the subscriber's address
   */
  public void register(AmeboApi api, URI receiver) throws InterruptedException {
    api.register(new ApplicationSpec(BRIDGE, "http://127.0.0.1:1", BRIDGE_SECRET));
    api.register(new ApplicationSpec(subscriber, receiver.toString(), SUBSCRIBER_SECRET));
    for (String action : actions) {
      api.register(new ActionSpec(action, BRIDGE, schema, BRIDGE_SECRET));
    }
    api.register(
        new SubscriptionSpec(
            subscriber,
            pattern,
            handler,
            SUBSCRIBER_SECRET,
            MAX_RETRIES,
            SubscriptionSpec.EARLIEST));
  }
}
