package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Secrets are replaced while publishers and receivers go on. */
@OnEveryDatabase
class RotationTest extends ServerTest {
  private static final String NEW_SECRET = "the-secret-after-rotation";
  private static final String NEWER_SECRET = "the-secret-after-the-next-one";
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

  @Override
  ServerConfig config() {
    return super.config().withClock(now::get);
  }

  @Test
  void bothSecretsAreGoodUntilTheGraceEnds() throws Exception {
    Wire before = admin.application("shop", Fixture.SECRET);
    rotate("shop", NEW_SECRET, ",\"grace_seconds\":3600");
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(201);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
    assertThat(registerWith(Fixture.SECRET, "a")).isEqualTo(201);
    assertThat(registerWith(NEW_SECRET, "b")).isEqualTo(201);
    Wire during = admin.application("shop", Fixture.SECRET);
    assertThat(before.get("/v1/events").status()).isEqualTo(200);
    restart();
    assertThat(publishWith(Fixture.SECRET)).as("after a restart").isEqualTo(201);
    before = new Wire(server.uri(), before.token());
    during = new Wire(server.uri(), during.token());
    assertThat(before.get("/v1/events").status()).isEqualTo(200);
    step(Duration.ofSeconds(3599));
    assertThat(publishWith(Fixture.SECRET)).as("the last second").isEqualTo(201);
    assertThat(during.get("/v1/events").status()).isEqualTo(200);
    step(Duration.ofSeconds(1));
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(401);
    assertThat(registerWith(Fixture.SECRET, "c")).isEqualTo(401);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
    assertThat(before.get("/v1/events").status()).isEqualTo(401);
    assertThat(during.get("/v1/events").status()).isEqualTo(401);
    assertThat(anonymous().post("/v1/tokens", credentials(Fixture.SECRET)).status()).isEqualTo(401);
    assertThat(anonymous().post("/v1/tokens", credentials(NEW_SECRET)).status()).isEqualTo(202);
  }

  @Test
  void theOldSecretLeavesTheDatabaseAtTheNextStart() throws Exception {
    rotate("shop", NEW_SECRET, "");
    assertThat(storedPrevious()).isEqualTo(1);
    step(ofDays(1));
    restart();
    await().until(() -> storedPrevious() == 0);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
  }

  @Test
  void theOldSecretLeavesTheDatabaseWithTheNextChange() throws Exception {
    rotate("shop", NEW_SECRET, "");
    step(ofDays(1));
    admin = Wire.admin(server);
    Fixture.expect(
        202, admin.put("/v1/applications/shop", "{\"location\":\"http://127.0.0.1:8\"}"));
    assertThat(storedPrevious()).isZero();
  }

  @Test
  void withoutAGraceItEndsAtOnce() {
    rotate("shop", NEW_SECRET, ",\"grace_seconds\":0");
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(401);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
  }

  @Test
  void aRunningGraceCanBeEndedAndNotBeExtended() {
    rotate("shop", NEW_SECRET, ",\"grace_seconds\":60");
    Fixture.expect(202, admin.put("/v1/applications/shop", "{\"grace_seconds\":2592000}"));
    assertThat(previousUntil("shop")).isEqualTo(now.get().plusSeconds(60).toEpochMilli());
    Fixture.expect(202, admin.put("/v1/applications/shop", "{\"grace_seconds\":0}"));
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(401);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
  }

  @Test
  void theSameRequestAgainKeepsTheOldSecret() {
    rotate("shop", NEW_SECRET, "");
    rotate("shop", NEW_SECRET, "");
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(201);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
  }

  @Test
  void ofTwoRotationsTheOldestSecretIsDropped() {
    rotate("shop", NEW_SECRET, "");
    rotate("shop", NEWER_SECRET, "");
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(401);
    assertThat(publishWith(NEW_SECRET)).isEqualTo(201);
    assertThat(publishWith(NEWER_SECRET)).isEqualTo(201);
  }

  @Test
  void aSecretIsMadeAndShownOnce() {
    Wire shop = admin.application("shop", Fixture.SECRET);
    Wire.Reply made =
        Fixture.expect(200, shop.post("/v1/applications/shop/rotate", "{\"grace_seconds\":60}"));
    String secret = made.json().path("secret").asString();
    assertThat(secret).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    assertThat(made.json().path("previous_until").asString())
        .isEqualTo(Instant.ofEpochMilli(now.get().plusSeconds(60).toEpochMilli()).toString());
    assertThat(publishWith(secret)).isEqualTo(201);
    assertThat(publishWith(Fixture.SECRET)).isEqualTo(201);
    String listed = admin.get("/v1/applications").text();
    assertThat(listed).doesNotContain(secret, Fixture.SECRET).contains("****************");
    Wire.Reply again =
        Fixture.expect(200, admin.send("POST", "/v1/applications/shop/rotate", "", ""));
    assertThat(again.json().path("secret").asString()).isNotEqualTo(secret);
  }

  @Test
  void onlyTheApplicationAndTheAdministratorRotate() {
    Wire mailer = admin.application("mailer", Fixture.OTHER_SECRET);
    assertThat(mailer.post("/v1/applications/shop/rotate", "").status()).isEqualTo(403);
    assertThat(anonymous().post("/v1/applications/shop/rotate", "").status()).isEqualTo(401);
    assertThat(admin.post("/v1/applications/nobody/rotate", "").status()).isEqualTo(404);
    Wire.Reply tooLong = admin.post("/v1/applications/shop/rotate", "{\"grace_seconds\":2592001}");
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.error()).contains("grace_seconds - got 2592001", "0 to 2592000");
    String withSecret = "{\"secret\":\"" + Fixture.SECRET + "\",\"grace_seconds\":0}";
    assertThat(anonymous().put("/v1/applications/shop", withSecret).status()).isEqualTo(401);
    assertThat(publishWith(Fixture.SECRET)).as("nothing changed").isEqualTo(201);
    assertThat(previousUntil("shop")).isZero();
  }

  @Test
  void webhooksAreSignedWithBothWhileTheGraceLasts() throws Exception {
    Fixture.subscribe(admin, "user.created", "");
    rotate("mailer", NEW_SECRET, ",\"grace_seconds\":60");
    publish("during", "{\"id\":1}");
    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().get(0);
    String[] signatures = call.headers().get("webhook-signature").split(" ", -1);
    assertThat(signatures).hasSize(2);
    assertThat(expected(call, NEW_SECRET)).as("the new one first").isEqualTo(signatures[0]);
    assertThat(expected(call, Fixture.OTHER_SECRET)).isEqualTo(signatures[1]);
    assertThat(call.headers()).containsEntry("x-pass-phrase", NEW_SECRET);
    byte[] body = call.body().getBytes(StandardCharsets.UTF_8);
    WebhookSignature.of(Secret.of(NEW_SECRET))
        .verifyAmebo(call.headers().get("x-amebo-signature"), body);
    step(Duration.ofSeconds(60));
    admin = Wire.admin(server);
    publish("after", "{\"id\":2}");
    await().until(() -> receiver.calls().size() == 2);
    Receiver.Call after = receiver.calls().get(1);
    assertThat(after.headers().get("webhook-signature")).isEqualTo(expected(after, NEW_SECRET));
  }

  private static String expected(Receiver.Call call, String secret) {
    return WebhookSignature.of(Secret.of(secret))
        .sign(
            call.headers().get("webhook-id"),
            Instant.ofEpochSecond(Long.parseLong(call.headers().get("webhook-timestamp"))),
            call.body().getBytes(StandardCharsets.UTF_8));
  }

  private void rotate(String application, String secret, String more) {
    String body = "{\"secret\":\"" + secret + "\"" + more + "}";
    Wire.Reply done = Fixture.expect(202, admin.put("/v1/applications/" + application, body));
    assertThat(done.text()).as("upstream's answer").isEqualTo("null");
  }

  private int publishWith(String secret) {
    return anonymous()
        .post(
            "/v1/events",
            "{\"action\":\"user.created\",\"payload\":{\"id\":1},\"secret\":\"" + secret + "\"}")
        .status();
  }

  private int registerWith(String secret, String action) {
    return anonymous()
        .post(
            "/v1/actions",
            "{\"application\":\"shop\",\"schemata\":{},\"action\":\""
                + action
                + "\",\"secret\":\""
                + secret
                + "\"}")
        .status();
  }

  private static String credentials(String secret) {
    return "{\"application\":\"shop\",\"secret\":\"" + secret + "\"}";
  }

  private long previousUntil(String application) {
    JsonNode row = admin.get("/v1/applications?application=" + application).json().get(0);
    return row.has("previous_until")
        ? Instant.parse(row.path("previous_until").asString()).toEpochMilli()
        : 0;
  }

  private int storedPrevious() throws SQLException {
    try (var connection = engine.connect(dsn);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM applications"
                    + " WHERE previous_secret IS NOT NULL OR previous_until IS NOT NULL")) {
      row.next();
      return row.getInt(1);
    }
  }

  private Wire anonymous() {
    return Wire.anonymous(server);
  }

  private void step(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }

  private static Duration ofDays(int days) {
    return Duration.ofDays(days);
  }
}
