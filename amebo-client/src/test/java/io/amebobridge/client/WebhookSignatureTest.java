package io.amebobridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.amebobridge.client.WebhookSignatureException.Reason;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
  private static final String BASE64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Secret WHSEC = Secret.of("whsec_" + BASE64);
  private static final Secret PLAIN = Secret.of("a plain secret, grün");
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

  private final Instant now = Instant.now();

  private Map<String, String> headers(WebhookSignature by, Instant at) {
    Map<String, String> h = new HashMap<>();
    h.put(WebhookSignature.ID, "msg_1");
    h.put(WebhookSignature.TIMESTAMP, Long.toString(at.getEpochSecond()));
    h.put(WebhookSignature.SIGNATURE, by.sign("msg_1", at, BODY));
    return h;
  }

  private static Reason reason(WebhookSignature by, Map<String, String> headers, byte[] body) {
    WebhookSignatureException e =
        catchThrowableOfType(WebhookSignatureException.class, () -> by.verify(headers::get, body));
    assertThat(e).isNotNull();
    assertThat(e.getMessage()).doesNotContain(BASE64, "grün", "v1,");
    return e.reason();
  }

  @Test
  void theReferenceVectorOfTheSpecification() {
    assertThat(
            WebhookSignature.of(WHSEC)
                .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", Instant.ofEpochSecond(1614265330), BODY))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void theReferenceLibraryAcceptsWhatWeSign() {
    HttpHeaders h = httpHeaders(headers(WebhookSignature.of(WHSEC), now));
    assertThatCode(() -> new Webhook(WHSEC.reveal()).verify(text(), h)).doesNotThrowAnyException();
    HttpHeaders p = httpHeaders(headers(WebhookSignature.of(PLAIN), now));
    assertThatCode(
            () -> new Webhook(PLAIN.reveal().getBytes(StandardCharsets.UTF_8)).verify(text(), p))
        .doesNotThrowAnyException();
  }

  @Test
  void theReferenceLibraryRejectsWhatAnotherSecretSigned() {
    HttpHeaders h = httpHeaders(headers(WebhookSignature.of(PLAIN), now));
    assertThat(
            catchThrowableOfType(
                WebhookVerificationException.class,
                () -> new Webhook(WHSEC.reveal()).verify(text(), h)))
        .isNotNull();
  }

  @Test
  void weAcceptWhatTheReferenceLibrarySigns() throws Exception {
    Map<String, String> h = headers(WebhookSignature.of(WHSEC), now);
    h.put(
        WebhookSignature.SIGNATURE,
        new Webhook(WHSEC.reveal()).sign("msg_1", now.getEpochSecond(), text()));
    WebhookSignature.of(WHSEC).verify(h::get, BODY);
  }

  @Test
  void whileASecretIsRotatedEitherSideMayHaveBoth() throws Exception {
    Map<String, String> both = headers(WebhookSignature.of(WHSEC, PLAIN), now);
    assertThat(both.get(WebhookSignature.SIGNATURE).split(" ")).hasSize(2);
    WebhookSignature.of(PLAIN).verify(both::get, BODY);
    WebhookSignature.of(WHSEC).verify(both::get, BODY);
    Map<String, String> old = headers(WebhookSignature.of(PLAIN), now);
    WebhookSignature.of(WHSEC, PLAIN).verify(old::get, BODY);
    old.merge(WebhookSignature.SIGNATURE, "v1a,AAAA v2,BBBB v1,not-base64! ", (a, b) -> b + a);
    WebhookSignature.of(PLAIN).verify(old::get, BODY);
  }

  @Test
  void anotherBodyIdOrTimeDoesNotMatch() {
    WebhookSignature by = WebhookSignature.of(PLAIN);
    assertThat(reason(by, headers(by, now), new byte[] {1})).isEqualTo(Reason.NO_MATCH);
    for (String name : List.of(WebhookSignature.ID, WebhookSignature.TIMESTAMP)) {
      Map<String, String> h = headers(by, now);
      h.computeIfPresent(name, (n, v) -> n.equals(WebhookSignature.ID) ? "msg_2" : shifted(v));
      assertThat(reason(by, h, BODY)).isEqualTo(Reason.NO_MATCH);
    }
    assertThat(reason(WebhookSignature.of(WHSEC), headers(by, now), BODY))
        .isEqualTo(Reason.NO_MATCH);
  }

  private static String shifted(String seconds) {
    return Long.toString(Long.parseLong(seconds) + 1);
  }

  @ParameterizedTest
  @CsvSource({"-300,", "300,", "-301,TOO_OLD", "301,TOO_NEW"})
  void fiveMinutesAreTolerated(long seconds, Reason expected) throws Exception {
    Instant at = Instant.ofEpochSecond(1_800_000_000);
    WebhookSignature by = WebhookSignature.of(PLAIN).withClock(() -> at);
    Map<String, String> h = headers(by, at.plusSeconds(seconds));
    if (expected == null) by.verify(h::get, BODY);
    else assertThat(reason(by, h, BODY)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "", " ", "99999999999999999999", "-9223372036854775808"})
  void aTimestampMustBeOne(String timestamp) {
    WebhookSignature by = WebhookSignature.of(PLAIN);
    Map<String, String> h = headers(by, now);
    h.put(WebhookSignature.TIMESTAMP, timestamp);
    assertThat(reason(by, h, BODY)).isIn(Reason.MALFORMED, Reason.MISSING, Reason.TOO_OLD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
  void eachHeaderIsRequired(String name) {
    WebhookSignature by = WebhookSignature.of(PLAIN);
    Map<String, String> h = headers(by, now);
    h.remove(name);
    assertThat(reason(by, h, BODY)).isEqualTo(Reason.MISSING);
  }

  @Test
  void aSignatureOfAnotherVersionOnlyIsMalformed() {
    WebhookSignature by = WebhookSignature.of(PLAIN);
    Map<String, String> h = headers(by, now);
    h.computeIfPresent(WebhookSignature.SIGNATURE, (n, v) -> v.replace("v1,", "v2,"));
    assertThat(reason(by, h, BODY)).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void theHexSignatureIsTheDocumentedOne() throws Exception {
    // printf '{"test": 2432232314}' | openssl dgst -sha256 -hmac 'sixteen-letters!'
    WebhookSignature by = WebhookSignature.of(Secret.of("sixteen-letters!"));
    assertThat(by.signAmebo(BODY))
        .isEqualTo("sha256=128501ab6e3d2b1eb4f1e665e96eba698ca5516b482cd3ba5cc850e21a84066a");
    by.verifyAmebo(by.signAmebo(BODY), BODY);
    WebhookSignature.of(WHSEC, Secret.of("sixteen-letters!")).verifyAmebo(by.signAmebo(BODY), BODY);
    assertThat(ameboReason(by, by.signAmebo(new byte[0]))).isEqualTo(Reason.NO_MATCH);
    assertThat(ameboReason(by, "sha256=xyz")).isEqualTo(Reason.MALFORMED);
    assertThat(ameboReason(by, "sha1=00")).isEqualTo(Reason.MALFORMED);
    assertThat(ameboReason(by, "sha256=")).isEqualTo(Reason.NO_MATCH);
    assertThat(ameboReason(by, null)).isEqualTo(Reason.MISSING);
  }

  private static Reason ameboReason(WebhookSignature by, String header) {
    return catchThrowableOfType(WebhookSignatureException.class, () -> by.verifyAmebo(header, BODY))
        .reason();
  }

  @Test
  void thePassPhraseIsTheSecretItself() throws Exception {
    WebhookSignature by = WebhookSignature.of(WHSEC, PLAIN);
    by.verifyPassPhrase(PLAIN.reveal());
    by.verifyPassPhrase(WHSEC.reveal());
    for (String wrong : List.of("another", BASE64)) {
      WebhookSignatureException e =
          catchThrowableOfType(WebhookSignatureException.class, () -> by.verifyPassPhrase(wrong));
      assertThat(e.reason()).isEqualTo(Reason.NO_MATCH);
    }
  }

  @Test
  void aBadSecretIsRefusedWithoutBeingQuoted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebhookSignature.of(Secret.of("whsec_no base64!")))
        .withMessageNotContaining("no base64!");
    assertThatIllegalArgumentException().isThrownBy(() -> WebhookSignature.of(Secret.of("")));
    assertThatIllegalArgumentException().isThrownBy(() -> WebhookSignature.of());
    assertThat(WebhookSignature.of(PLAIN)).asString().doesNotContain("grün");
  }

  private static String text() {
    return new String(BODY, StandardCharsets.UTF_8);
  }

  private static HttpHeaders httpHeaders(Map<String, String> headers) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return HttpHeaders.of(all, (a, b) -> true);
  }
}
