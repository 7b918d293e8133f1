package io.amebobridge.aws;

import static io.amebobridge.aws.SnsSources.SIGNER;
import static io.amebobridge.aws.SnsSources.TOPIC;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.amebobridge.testkit.SnsHost;
import io.amebobridge.testkit.SnsPost;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and confirmations at SNS's own host, by TLS. */
class FetchedCertificatesTest {
  private static final String HOST = "sns.us-east-1.amazonaws.com";
  private static final TopicArn ARN = TopicArn.parse(TOPIC);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final InstantSource clock = now::get;

  @TempDir private Path directory;

  private static SnsEnvelope envelope(String file) {
    return SnsEnvelope.parse(
        SnsPost.notification(TOPIC, "m")
            .with("SigningCertURL", "https://" + HOST + "/" + file)
            .signed(SIGNER, "2")
            .json()
            .getBytes(StandardCharsets.UTF_8));
  }

  private static HttpHandler answering(int status, String text) {
    return exchange -> answer(exchange, status, text);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) exchange.getResponseBody().write(bytes);
  }

  private static X509Certificate get(FetchedCertificates from, String file) throws Exception {
    return from.of(envelope(file), ARN).get(10, TimeUnit.SECONDS);
  }

  private static HttpClient client(SnsHost host) throws Exception {
    return host.client(b -> b.version(HttpClient.Version.HTTP_1_1));
  }

  @Test
  void isFetchedOnceAndAgainAfterHours() throws Exception {
    try (SnsHost host = new SnsHost(HOST, answering(200, SIGNER.pem()))) {
      FetchedCertificates certificates = new FetchedCertificates(client(host), clock);
      CompletableFuture<X509Certificate> first = certificates.of(envelope("a.pem"), ARN);
      CompletableFuture<X509Certificate> second = certificates.of(envelope("a.pem"), ARN);
      assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(SIGNER.certificate());
      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(SIGNER.certificate());
      get(certificates, "a.pem");
      assertThat(host.asked()).containsExactly(HOST + "/a.pem");
      now.updateAndGet(t -> t.plus(Duration.ofHours(13)));
      get(certificates, "a.pem");
      assertThat(host.asked()).hasSize(2);
      now.updateAndGet(t -> t.plus(Duration.ofDays(60)));
      assertThatThrownBy(() -> get(certificates, "a.pem")).hasMessageContaining("good from");
    }
  }

  /** SNS is to try again, and we are not to ask at each message. */
  @Test
  void whatCannotBeFetchedIsForLater() throws Exception {
    HttpHandler elsewhere =
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://" + HOST + "/b.pem");
          answer(exchange, 302, "");
        };
    Map<String, HttpHandler> all =
        Map.of(
            "answered with 500", answering(500, ""),
            "answered with 404", answering(404, "no"),
            "is none", answering(200, "no certificate"),
            "larger than", answering(200, "x".repeat(70_000)),
            "answered with 302", elsewhere);
    for (Map.Entry<String, HttpHandler> bad : all.entrySet()) {
      try (SnsHost host = new SnsHost(HOST, bad.getValue())) {
        FetchedCertificates certificates = new FetchedCertificates(client(host), clock);
        for (int i = 0; i < 2; i++) {
          assertThatThrownBy(() -> get(certificates, "a.pem"))
              .satisfies(e -> isForLater(e))
              .hasMessageContaining(bad.getKey());
        }
        assertThat(host.asked()).containsExactly(HOST + "/a.pem");
        now.updateAndGet(t -> t.plus(Duration.ofSeconds(6)));
        assertThatThrownBy(() -> get(certificates, "a.pem")).satisfies(e -> isForLater(e));
        assertThat(host.asked()).hasSize(2);
      }
    }
  }

  private static void isForLater(Throwable e) {
    assertThat(e).isInstanceOf(ExecutionException.class);
    assertThat(e.getCause())
        .isInstanceOfSatisfying(
            RefusedPost.class, refused -> assertThat(refused.status()).isEqualTo(503));
  }

  @Test
  void anotherHostsTlsIsNotSns() throws Exception {
    try (SnsHost evil = new SnsHost("evil.com", answering(200, SIGNER.pem()))) {
      FetchedCertificates named = new FetchedCertificates(client(evil), clock);
      assertThatThrownBy(() -> get(named, "a.pem")).satisfies(e -> isForLater(e));
    }
    try (SnsHost unknown = new SnsHost(HOST, answering(200, SIGNER.pem()))) {
      HttpClient usual = HttpClient.newBuilder().proxy(unknown.selector()).build();
      FetchedCertificates trusted = new FetchedCertificates(usual, clock);
      assertThatThrownBy(() -> get(trusted, "a.pem")).satisfies(e -> isForLater(e));
      assertThat(unknown.asked()).isEmpty();
    }
  }

  @Test
  void whatTricklesEnds() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    HttpHandler slow =
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write('-');
          exchange.getResponseBody().flush();
          over.join();
        };
    try (SnsHost host = new SnsHost(HOST, slow)) {
      FetchedCertificates certificates =
          new FetchedCertificates(client(host), clock, Duration.ofMillis(500));
      for (int i = 0; i < 4; i++) {
        CompletableFuture<X509Certificate> each = certificates.of(envelope("a" + i + ".pem"), ARN);
        assertThat(each).isNotDone();
      }
      assertThatThrownBy(() -> get(certificates, "one-more.pem"))
          .satisfies(e -> isForLater(e))
          .hasMessageContaining("too many");
      assertThatThrownBy(() -> get(certificates, "a0.pem")).satisfies(e -> isForLater(e));
    } finally {
      over.complete(null);
    }
  }

  /** The whole way, with nothing said of a local server in the config. */
  @Test
  void aSourceConfirmsAndVerifiesAtSnsItself() throws Exception {
    HttpHandler sns =
        exchange -> {
          boolean pem = exchange.getRequestURI().getPath().endsWith(".pem");
          answer(exchange, 200, pem ? SIGNER.pem() : "<ConfirmSubscriptionResponse/>");
        };
    SnsSources config =
        SnsSources.of(directory).without("certificate").with("sns", "{}").with("confirm", "true");
    try (SnsHost host = new SnsHost(HOST, sns);
        SnsSource source = config.create(client(host))) {
      source.open();
      SnsPost asks = SnsPost.confirmation(TOPIC, "2336412f37");
      assertThat(asks.signed(SIGNER, "2").to(config.url)).isEqualTo(200);
      assertThat(host.asked())
          .contains(
              HOST
                  + "/?Action=ConfirmSubscription&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A"
                  + "000000000000%3Aorders&Token=2336412f37");
      int before = host.asked().size();
      for (String elsewhere :
          List.of(
              "https://evil.com/?Action=ConfirmSubscription&Token=1",
              "http://" + HOST + "/?Action=ConfirmSubscription&Token=1",
              "https://" + HOST + ".evil.com/?Action=ConfirmSubscription&Token=1",
              "https://" + HOST + "/?Action=Publish&Action=ConfirmSubscription&Token=1")) {
        SnsPost bad = asks.with("SubscribeURL", elsewhere).signed(SIGNER, "2");
        assertThat(bad.to(config.url)).as(elsewhere).isEqualTo(403);
      }
      assertThat(asks.with("Token", "a&Action=b").signed(SIGNER, "2").to(config.url))
          .isEqualTo(400);
      assertThat(asks.signed(SIGNER, "2").with("Token", "other").to(config.url)).isEqualTo(403);
      assertThat(host.asked()).hasSize(before);

      CompletableFuture<Integer> answer =
          SnsPost.notification(TOPIC, "m").signed(SIGNER, "1").sendTo(config.url);
      source.settle(read(source, 1));
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  @Test
  void withoutConsentNothingIsConfirmed() throws Exception {
    SnsSources config = SnsSources.of(directory).without("certificate").with("sns", "{}");
    try (SnsHost host = new SnsHost(HOST, answering(200, SIGNER.pem()));
        SnsSource source = config.create(client(host))) {
      source.open();
      SnsPost asks = SnsPost.confirmation(TOPIC, "2336412f37").signed(SIGNER, "2");
      assertThat(asks.to(config.url)).isEqualTo(200);
      assertThat(host.asked()).containsExactly(HOST + "/SimpleNotificationService-0123.pem");
      assertThat(source.away()).contains("confirm: true").doesNotContain("2336412f37");
    }
  }
}
