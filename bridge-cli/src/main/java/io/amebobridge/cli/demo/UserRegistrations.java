package io.amebobridge.cli.demo;

import io.amebobridge.client.ActionSpec;
import io.amebobridge.client.AmeboApi;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Secret;
import io.amebobridge.client.SubscriptionSpec;
import java.net.URI;

/**
 * What the migration guide registers at Amebo: the bridge with its three actions, each with a
 * schema, and the email-service that subscribes to all of them.
 */
public final class UserRegistrations {
  public static final String BRIDGE = "legacy-bridge";
  public static final Secret BRIDGE_SECRET = Secret.of("demo-application-secret-of-legacy-bridge");
  private static final Secret EMAIL_SECRET = Secret.of("demo-application-secret-of-email-service");
  private static final int MAX_RETRIES = 1000;

  private static final String SCHEMA =
      """
      {
        "type": "object",
        "properties": {
          "seq": {"type": "integer", "minimum": 0},
          "userId": {"type": "string", "minLength": 1},
          "email": {"type": "string"},
          "plan": {"enum": ["basic", "pro"]}
        },
        "required": ["seq", "userId"]
      }
      """;

  private UserRegistrations() {}

  /**
   * Registers; a second time changes nothing.
   *
   * @param receiver the email-service's address
   */
  public static void register(AmeboApi api, URI receiver) throws InterruptedException {
    api.register(new ApplicationSpec(BRIDGE, "http://127.0.0.1:1", BRIDGE_SECRET));
    api.register(new ApplicationSpec("email-service", receiver.toString(), EMAIL_SECRET));
    for (String type : UserEvents.TYPES) {
      api.register(new ActionSpec("user." + type, BRIDGE, SCHEMA, BRIDGE_SECRET));
    }
    api.register(
        new SubscriptionSpec(
            "email-service",
            "user.*",
            "/webhooks/users",
            EMAIL_SECRET,
            MAX_RETRIES,
            SubscriptionSpec.EARLIEST));
  }
}
