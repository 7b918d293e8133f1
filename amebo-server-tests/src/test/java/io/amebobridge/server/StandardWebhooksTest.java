package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.amebobridge.client.Secret;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.client.WebhookSignatureException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the server sends, verified by Standard Webhooks' own library; and what that signs, by us.
 */
class StandardWebhooksTest extends ServerTest {
  private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private Duration behind = Duration.ZERO;

  @Override
  ServerConfig config() {
    return super.config().withClock(() -> Instant.now().minus(behind));
  }

  @Test
  void aPlainSecretsBytesAreTheKey() throws Exception {
    Receiver.Call call = delivered();
    library(Fixture.OTHER_SECRET).verify(call.body(), headers(call));
    ours(Fixture.OTHER_SECRET, call);
    assertRefused(library("another-one-that-is-long-enough"), call);
    assertThatThrownBy(() -> library(Fixture.OTHER_SECRET).verify(call.body() + " ", headers(call)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void aStandardSecretsBase64IsTheKey() throws Exception {
    rotate(WHSEC, 0);
    Receiver.Call call = delivered();
    new Webhook(WHSEC).verify(call.body(), headers(call));
    ours(WHSEC, call);
    assertRefused(library(WHSEC), call);
    assertRefused(library(Fixture.OTHER_SECRET), call);
  }

  @Test
  void theEnvelopeIsSignedAsItIsSent() throws Exception {
    Fixture.subscribe(admin, "user.created", ",\"envelope\":true");
    publish("grün", "{\"id\":1,  \"email\":\"grün@example\"}");
    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().get(0);
    library(Fixture.OTHER_SECRET).verify(call.body(), headers(call));
  }

  @Test
  void inTheGraceAReceiverWithEitherSecretVerifies() throws Exception {
    rotate(WHSEC, 3600);
    Receiver.Call call = delivered();
    assertThat(call.headers().get("webhook-signature").split(" ", -1)).hasSize(2);
    new Webhook(WHSEC).verify(call.body(), headers(call));
    library(Fixture.OTHER_SECRET).verify(call.body(), headers(call));
    ours(WHSEC, call);
    ours(Fixture.OTHER_SECRET, call);
    assertRefused(library("another-one-that-is-long-enough"), call);
  }

  @Test
  void aSecretThatTheServerMadeSuitsTheLibrary() throws Exception {
    String made =
        Fixture.expect(200, admin.post("/v1/applications/mailer/rotate", "{\"grace_seconds\":0}"))
            .json()
            .path("secret")
            .asString();
    Receiver.Call call = delivered();
    new Webhook(made).verify(call.body(), headers(call));
  }

  @Test
  void whatIsOldIsRefusedThereAndHere() throws Exception {
    behind = WebhookSignature.TOLERANCE.plusMinutes(1);
    restart();
    Receiver.Call call = delivered();
    assertRefused(library(Fixture.OTHER_SECRET), call);
    assertThatThrownBy(() -> ours(Fixture.OTHER_SECRET, call))
        .isInstanceOf(WebhookSignatureException.class)
        .hasMessageContaining("minutes ago");
  }

  @Test
  void weAcceptWhatTheLibrarySigns() throws Exception {
    long now = Instant.now().getEpochSecond();
    String body = "{\"id\": 1, \"name\": \"grün\"}";
    for (String secret : List.of(WHSEC, Fixture.OTHER_SECRET)) {
      Webhook library = secret.equals(WHSEC) ? new Webhook(secret) : library(secret);
      Map<String, String> headers = new HashMap<>();
      headers.put("webhook-id", "msg_1");
      headers.put("webhook-timestamp", String.valueOf(now));
      String unknown = "v2,AAAA v1a,AAAA v1,AAAA ";
      headers.put("webhook-signature", unknown + library.sign("msg_1", now, body));
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      WebhookSignature.of(Secret.of(secret)).verify(headers::get, bytes);
      WebhookSignature rotating =
          WebhookSignature.of(Secret.of("the-new-one-that-comes"), Secret.of(secret));
      rotating.verify(headers::get, bytes);
      headers.put("webhook-id", "msg_2");
      assertThatThrownBy(() -> rotating.verify(headers::get, bytes))
          .hasMessageContaining("does not match");
    }
  }

  private Receiver.Call delivered() {
    Fixture.subscribe(admin, "user.created", "");
    publish("d", "{\"id\": 1}");
    await().until(() -> receiver.calls().size() == 1);
    return receiver.calls().get(0);
  }

  private void rotate(String secret, int grace) {
    Fixture.expect(
        202,
        admin.put(
            "/v1/applications/mailer",
            "{\"secret\":\"" + secret + "\",\"grace_seconds\":" + grace + "}"));
  }

  private static Webhook library(String plainSecret) {
    return new Webhook(plainSecret.getBytes(StandardCharsets.UTF_8));
  }

  private static void ours(String secret, Receiver.Call call) throws WebhookSignatureException {
    byte[] body = call.body().getBytes(StandardCharsets.UTF_8);
    WebhookSignature.of(Secret.of(secret)).verify(call.headers()::get, body);
  }

  private static void assertRefused(Webhook by, Receiver.Call call) {
    assertThatThrownBy(() -> by.verify(call.body(), headers(call)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  private static HttpHeaders headers(Receiver.Call call) {
    Map<String, List<String>> all = new HashMap<>();
    call.headers().forEach((name, value) -> all.put(name, List.of(value)));
    return HttpHeaders.of(all, (name, value) -> true);
  }
}
