package io.amebobridge.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.brokers.SnsSigner;
import io.amebobridge.testkit.SnsPost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Good and forged messages, judged by us and, as an independent oracle, by AWS's SDK. */
class SignatureVectorsTest {
  private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:orders";
  private static final TopicArn ARN = TopicArn.parse(TOPIC);
  private static final SnsSigner SIGNER = SnsSigner.make();
  private final Instant now = Instant.now();

  private static SnsPost notification(String text) {
    return SnsPost.notification(TOPIC, text);
  }

  /** As a source does it, with a certificate for the one that it would fetch. */
  private static boolean weAccept(String json, SnsSigner signer, List<String> versions) {
    SnsEnvelope envelope = SnsEnvelope.parse(json.getBytes(StandardCharsets.UTF_8));
    if (envelope == null) return false;
    try {
      VerifySignature verify = new VerifySignature(versions);
      verify.checkShape(envelope);
      VerifySignature.certificateUrl(envelope, ARN);
      VerifySignature.checkCertificate(signer.certificate(), ARN, InstantSource.system());
      verify.check(envelope, signer.certificate());
      verify.checkVersion(envelope);
      return true;
    } catch (RefusedPost e) {
      return false;
    }
  }

  private static boolean weAccept(SnsPost post) {
    return weAccept(post.json(), SIGNER, List.of("1", "2"));
  }

  private static boolean theSdkAccepts(String json, SnsSigner signer) {
    try (SdkOracle oracle = new SdkOracle(signer)) {
      return oracle.accepts(json);
    }
  }

  static Stream<SnsPost> good() {
    return Stream.of("1", "2")
        .flatMap(
            version ->
                Stream.of(
                        notification("{\"id\":1}"),
                        notification("with a subject").with("Subject", "shipped"),
                        notification("Zoë 日本 🎉 \u0001 \" \\ \\u0041 \r\n\t"),
                        notification("MessageId\nx\nTimestamp\ny"),
                        notification("x".repeat(256 * 1024)),
                        notification("attributes are not signed").attribute("a", "String", "b"),
                        SnsPost.confirmation(TOPIC, "2336412f37"),
                        SnsPost.confirmation(TOPIC, "2336412f37")
                            .with("Type", "UnsubscribeConfirmation"))
                    .map(post -> post.signed(SIGNER, version)));
  }

  @ParameterizedTest
  @MethodSource
  void good(SnsPost post) {
    assertThat(weAccept(post)).isTrue();
    assertThat(theSdkAccepts(post.json(), SIGNER)).as("AWS's SDK").isTrue();
  }

  static Stream<Map.Entry<String, SnsPost>> forged() {
    Map<String, SnsPost> all = new LinkedHashMap<>();
    for (String v : List.of("1", "2")) {
      SnsPost good = notification("m").with("Subject", "s").signed(SIGNER, v);
      all.put(v + " body", good.with("Message", "n"));
      all.put(v + " subject", good.with("Subject", "t"));
      all.put(v + " no subject", good.without("Subject"));
      all.put(v + " id", good.with("MessageId", "00000000-0000-0000-0000-000000000000"));
      all.put(v + " topic", good.with("TopicArn", TOPIC + "2"));
      all.put(v + " time", good.with("Timestamp", "2026-01-01T00:00:00.000Z"));
      all.put(v + " version", good.with("SignatureVersion", v.equals("1") ? "2" : "1"));
      all.put(v + " no version", good.without("SignatureVersion"));
      all.put(v + " no signature", good.without("Signature"));
      all.put(v + " empty signature", good.with("Signature", ""));
      all.put(v + " no base64", good.with("Signature", "!!"));
      all.put(v + " short", good.with("Signature", "AAAA"));
      all.put(v + " another's", notification("m").signed(SnsSigner.make(), v));
      SnsPost asked = SnsPost.confirmation(TOPIC, "abc").signed(SIGNER, v);
      all.put(v + " token", asked.with("Token", "abd"));
      all.put(v + " address", asked.with("SubscribeURL", "https://sns.us-east-1.amazonaws.com/"));
      all.put(v + " kind", asked.with("Type", "UnsubscribeConfirmation"));
    }
    all.put("version 3", notification("m").signed(SIGNER, "2").with("SignatureVersion", "3"));
    all.put("version 1.0", notification("m").signed(SIGNER, "1").with("SignatureVersion", "1.0"));
    return all.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource
  void forged(Map.Entry<String, SnsPost> post) {
    assertThat(weAccept(post.getValue())).isFalse();
    assertThat(theSdkAccepts(post.getValue().json(), SIGNER)).as("AWS's SDK").isFalse();
  }

  /** Signed well, by whoever owns that certificate. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sns.us-east-1.amazonaws.com/a.pem",
        "HTTPS://sns.us-east-1.amazonaws.com.evil.com/a.pem",
        "https://sns.us-east-1.amazonaws.com.evil.com/a.pem",
        "https://sns.us-east-1.amazonaws.com@evil.com/a.pem",
        "https://evil.com/sns.us-east-1.amazonaws.com/a.pem",
        "https://evil.com#sns.us-east-1.amazonaws.com/a.pem",
        "https://evil.com\\@sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com\\.evil.com/a.pem",
        "https://evilsns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.org/a.pem",
        "https://sns.us-east-1.amazonaws.com.cn/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.amazonaws.com/a.pem",
        "https://s3.us-east-1.amazonaws.com/bucket/a.pem",
        "https://sns.us-east-1.amazonaws.com./a.pem",
        "https://ѕns.us-east-1.amazonaws.com/a.pem",
        "https://xn--ns-elc.us-east-1.amazonaws.com/a.pem",
        "//sns.us-east-1.amazonaws.com/a.pem",
        "file:///etc/a.pem",
        "https:///a.pem",
        ""
      })
  void anotherHost(String url) {
    SnsPost post = notification("m").signed(SIGNER, "2").with("SigningCertURL", url);
    assertThat(weAccept(post)).isFalse();
    assertThat(theSdkAccepts(post.json(), SIGNER)).as("AWS's SDK").isFalse();
  }

  /** At SNS's host; the SDK looks at nothing else of the address, we do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sns.us-east-1.amazonaws.com:443/a.pem",
        "https://sns.us-east-1.amazonaws.com:8443/a.pem",
        "https://user@sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com/",
        "https://sns.us-east-1.amazonaws.com/a.pem?x=.pem",
        "https://sns.us-east-1.amazonaws.com/?Action=Publish&x=.pem",
        "https://sns.us-east-1.amazonaws.com/a/../b.pem",
        "https://sns.us-east-1.amazonaws.com//a.pem",
        "https://sns.us-east-1.amazonaws.com/a%2fb.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem#x",
        "https://sns.us-east-1.amazonaws.com/a.der",
        "https://sns.us-east-1.amazonaws.com/.pem"
      })
  void anotherPath(String url) {
    SnsPost post = notification("m").signed(SIGNER, "2").with("SigningCertURL", url);
    assertThat(weAccept(post)).isFalse();
  }

  @Test
  void aCertificateOfAnotherTimeOrName() {
    Duration day = Duration.ofDays(1);
    Instant before = now.minus(day);
    Instant after = now.plus(day);
    for (SnsSigner each :
        List.of(
            SnsSigner.make(SnsSigner.NAME, before.minus(day), before),
            SnsSigner.make(SnsSigner.NAME, after, after.plus(day)),
            SnsSigner.make("evil.com", before, after),
            SnsSigner.make("sns.amazonaws.com.evil.com", before, after),
            SnsSigner.make("*.amazonaws.com.evil.com", before, after))) {
      String json = notification("m").signed(each, "2").json();
      assertThat(weAccept(json, each, List.of("1", "2"))).isFalse();
      assertThat(theSdkAccepts(json, each)).as("AWS's SDK").isFalse();
    }
    SnsSigner regional = SnsSigner.make("sns.us-east-1.amazonaws.com", before, after);
    assertThat(weAccept(notification("m").signed(regional, "2").json(), regional, List.of("2")))
        .isTrue();
  }

  @Test
  void onlyTheVersionsThatAreAllowed() {
    String old = notification("m").signed(SIGNER, "1").json();
    assertThat(weAccept(old, SIGNER, List.of("2"))).isFalse();
    assertThat(weAccept(old, SIGNER, List.of("1"))).isTrue();
  }

  /** One signature, two readings: the same signed text with the borders of fields moved. */
  @Test
  void aBorderCannotBeMoved() {
    SnsPost good = notification("m").with("Subject", "s").signed(SIGNER, "2");
    SnsPost moved =
        good.without("Subject").with("MessageId", good.field("MessageId") + "\nSubject\ns");
    assertThat(theSdkAccepts(moved.json(), SIGNER)).as("AWS's SDK is taken in").isTrue();
    assertThat(weAccept(moved)).isFalse();
  }

  @Test
  void whatIsReadIsWhatWasVerified() {
    String good = notification("m").signed(SIGNER, "2").json();
    assertThat(weAccept(good, SIGNER, List.of("2"))).isTrue();
    for (String bad :
        List.of(
            good.replaceFirst("\\{", "{\"Message\":\"other\","),
            good.replaceFirst("}$", ",\"Message\":\"other\"}"),
            good + " {}",
            good + good,
            "[" + good + "]",
            good.replace("\"Message\":\"m\"", "\"Message\":[\"m\"]"))) {
      assertThat(weAccept(bad, SIGNER, List.of("2"))).as(bad).isFalse();
    }
    String escaped = good.replace("\"Message\":\"m\"", "\"Mess\\u0061ge\":\"\\u006d\"");
    assertThat(weAccept(escaped, SIGNER, List.of("2"))).as("the same in JSON").isTrue();
    assertThat(theSdkAccepts(escaped, SIGNER)).isTrue();
  }
}
