package io.amebobridge.server;

import io.amebobridge.client.Secret;
import java.nio.file.Path;
import java.time.Duration;

/** Servers and registrations that most tests begin with. */
final class Fixture {
  static final String SECRET = "an application's secret".replace(' ', '-');
  static final String OTHER_SECRET = "another-application-secret";
  static final String USER_SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
          + "\"email\":{\"type\":\"string\"}},\"required\":[\"id\"]}";

  private Fixture() {}

  static ServerConfig config(Path dir) {
    return config(Engine.SQLITE.dsn(dir));
  }

  static ServerConfig config(String dsn) {
    return ServerConfig.of(dsn)
        .withAdmin("admin", Secret.of(Wire.ADMIN_PASSWORD))
        .withSecret(Secret.of("0f9b1c7a-not-a-sample-secret"))
        .withDelivery(
            DeliverySettings.defaults()
                .withTimeout(Duration.ofSeconds(2))
                .withBackoff(Duration.ofMillis(20), Duration.ofMillis(100)));
  }

  /** Applications shop and mailer; actions user.created and user.deleted of shop. */
  static void register(Wire admin, String receiver) {
    application(admin, "shop", "http://127.0.0.1:9", SECRET);
    application(admin, "mailer", receiver, OTHER_SECRET);
    action(admin, "user.created");
    action(admin, "user.deleted");
  }

  static void application(Wire admin, String name, String address, String secret) {
    expect(
        201,
        admin.post(
            "/v1/applications",
            "{\"application\":\""
                + name
                + "\",\"address\":\""
                + address
                + "\",\"secret\":\""
                + secret
                + "\"}"));
  }

  static void action(Wire admin, String name) {
    expect(
        201,
        admin.post(
            "/v1/actions",
            "{\"action\":\""
                + name
                + "\",\"application\":\"shop\",\"secret\":\""
                + SECRET
                + "\",\"schemata\":"
                + USER_SCHEMA
                + "}"));
  }

  static long subscribe(Wire admin, String action, String more) {
    return subscribe(admin, action, 3, more);
  }

  static long subscribe(Wire admin, String action, int maxRetries, String more) {
    return expect(
            201,
            admin.post(
                "/v1/subscriptions",
                "{\"application\":\"mailer\",\"action\":\""
                    + action
                    + "\",\"handler\":\"/hook\",\"secret\":\""
                    + OTHER_SECRET
                    + "\",\"max_retries\":"
                    + maxRetries
                    + more
                    + "}"))
        .json()
        .path("subscription")
        .asLong();
  }

  static String event(String action, String deduper, String payload) {
    return "{\"action\":\""
        + action
        + "\",\"deduper\":\""
        + deduper
        + "\",\"sleep_until\":null,\"payload\":"
        + payload
        + "}";
  }

  static Wire.Reply expect(int status, Wire.Reply reply) {
    if (reply.status() != status) {
      throw new AssertionError(
          "expected " + status + ", got " + reply.status() + " " + reply.text());
    }
    return reply;
  }
}
