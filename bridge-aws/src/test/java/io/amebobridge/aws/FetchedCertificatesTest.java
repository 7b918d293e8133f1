package io.amebobridge.aws;

import static io.amebobridge.aws.SnsSources.SIGNER;
import static io.amebobridge.aws.SnsSources.TOPIC;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.amebobridge.brokers.SnsSigner;
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
import org.slf4j.LoggerFactory;

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
      await().until(() -> host.asked().size() == 2);
      now.updateAndGet(t -> t.plus(Duration.ofDays(60)));
      assertThatThrownBy(() -> certificates.check(get(certificates, "a.pem"), ARN))
          .isInstanceOfSatisfying(RefusedPost.class, e -> assertThat(e.status()).isEqualTo(503))
          .hasMessageContaining("good from");
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
      CompletableFuture<X509Certificate> first = certificates.of(envelope("a.pem"), ARN);
      assertThat(first).isNotDone();
      assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).satisfies(e -> isForLater(e));
    } finally {
      over.complete(null);
    }
  }

  /** Whoever knows the address may name ever new certificates at SNS's own host. */
  @Test
  void aFloodOfNamesDoesNotPutOutTheOneThatIsUsed() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    AtomicReference<HttpHandler> answers = new AtomicReference<>(answering(200, SIGNER.pem()));
    try (SnsHost host = new SnsHost(HOST, exchange -> answers.get().handle(exchange))) {
      FetchedCertificates certificates = new FetchedCertificates(client(host), clock);
      get(certificates, "real.pem");
      certificates.proved(envelope("real.pem"));
      for (int i = 0; i < 70; i++) get(certificates, "old" + i + ".pem"); // SNS has them, too
      answers.set(answering(404, "no"));
      for (int i = 0; i < 10; i++) {
        String forged = "f" + i + ".pem";
        assertThatThrownBy(() -> get(certificates, forged)).satisfies(e -> isForLater(e));
      }
      answers.set(exchange -> over.join());
      flood(certificates, "g", 0, 200);
      int before = host.asked().size();
      assertThat(get(certificates, "real.pem")).isEqualTo(SIGNER.certificate());
      assertThat(host.asked()).hasSizeLessThanOrEqualTo(before + 4).hasSizeLessThan(150);
      assertThat(host.asked()).containsOnlyOnce(HOST + "/real.pem");
    } finally {
      over.complete(null);
    }
  }

  @Test
  void anOldOneIsUsedWhileItCannotBeFetchedAnew() throws Exception {
    AtomicReference<HttpHandler> answers = new AtomicReference<>(answering(200, SIGNER.pem()));
    CompletableFuture<Void> over = new CompletableFuture<>();
    try (SnsHost host = new SnsHost(HOST, exchange -> answers.get().handle(exchange))) {
      FetchedCertificates certificates = new FetchedCertificates(client(host), clock);
      get(certificates, "real.pem");
      now.updateAndGet(t -> t.plus(Duration.ofHours(13)));
      answers.set(exchange -> over.join());
      flood(certificates, "f", 0, 10);
      assertThat(get(certificates, "real.pem")).isEqualTo(SIGNER.certificate());
      await().until(() -> asked(host, "real.pem") == 2); // the others keep it from nothing
      answers.set(answering(500, ""));
      now.updateAndGet(t -> t.plus(Duration.ofMinutes(2)));
      assertThat(get(certificates, "real.pem")).isEqualTo(SIGNER.certificate());
      await().until(() -> asked(host, "real.pem") == 3);
      assertThat(get(certificates, "real.pem")).isEqualTo(SIGNER.certificate());
    } finally {
      over.complete(null);
    }
  }

  /** Posts that name ever new certificates, and of whose answers nobody hears. */
  private static void flood(FetchedCertificates certificates, String names, int from, int to) {
    for (int i = from; i < to; i++) {
      var unused = certificates.of(envelope(names + i + ".pem"), ARN);
    }
  }

  private static long asked(SnsHost host, String file) {
    return host.asked().stream().filter(a -> a.endsWith("/" + file)).count();
  }

  /** After a start nothing is known yet: what most posts name comes first. */
  @Test
  void whatManyPostsNameIsFetchedBeforeWhatOneDoes() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    HttpHandler slow =
        exchange -> {
          boolean real = exchange.getRequestURI().getPath().endsWith("/real.pem");
          if (!real) over.join();
          answer(exchange, real ? 200 : 404, real ? SIGNER.pem() : "no");
        };
    try (SnsHost host = new SnsHost(HOST, slow)) {
      FetchedCertificates certificates = new FetchedCertificates(client(host), clock);
      flood(certificates, "f", 0, 30);
      CompletableFuture<X509Certificate> wanted = certificates.of(envelope("real.pem"), ARN);
      assertThat(certificates.of(envelope("real.pem"), ARN)).isSameAs(wanted);
      flood(certificates, "f", 30, 60);
      await().until(() -> host.asked().size() == 4);
      assertThat(wanted).isNotDone();
      flood(certificates, "f", 60, 90);
      assertThatThrownBy(() -> get(certificates, "f99.pem"))
          .satisfies(e -> isForLater(e))
          .hasMessageContaining("too many");
      over.complete(null);
      assertThat(wanted.get(10, TimeUnit.SECONDS)).isEqualTo(SIGNER.certificate());
      assertThat(host.asked().stream().toList().indexOf(HOST + "/real.pem")).isBetween(4, 7);
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
      assertThat(source.away()).as("it could be confirmed by another bridge").isNull();
      assertThat(source.lanes().toString()).contains("confirm: true").doesNotContain("2336412f37");
    }
  }

  /** SNS would give up at 403; what somebody or time can mend is to come again. */
  @Test
  void whatCanBeMendedIsForLater() throws Exception {
    Instant start = now.get();
    SnsSigner expired =
        SnsSigner.make(SnsSigner.NAME, start.minusSeconds(7_200), start.minusSeconds(60));
    SnsSigner other =
        SnsSigner.make("sns.example.com", start.minusSeconds(60), start.plusSeconds(7_200));
    HttpHandler sns =
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          SnsSigner signer =
              path.startsWith("/expired") ? expired : path.startsWith("/other") ? other : SIGNER;
          answer(exchange, 200, signer.pem());
        };
    SnsSources config =
        SnsSources.of(directory)
            .without("certificate")
            .with("sns", "{}")
            .with("signatureVersions", "[2]");
    String at = "https://" + HOST + "/";
    String foreign = TOPIC.replace("orders", "payments");
    SnsPost good = SnsPost.notification(TOPIC, "m");
    SnsPost theirs = SnsPost.notification(foreign, "m");
    Logger log = (Logger) LoggerFactory.getLogger(TopicTroubles.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try (SnsHost host = new SnsHost(HOST, sns);
        SnsSource source = config.create(client(host))) {
      source.open();
      List<SnsPost> mendable =
          List.of(
              good.with("SigningCertURL", at + "expired.pem").signed(expired, "2"),
              good.with("SigningCertURL", at + "other.pem").signed(other, "2"),
              good.signed(SIGNER, "1"),
              theirs.signed(SIGNER, "2"));
      for (int i = 0; i < 3; i++) {
        for (SnsPost each : mendable)
          assertThat(each.to(config.url)).as(each.json()).isEqualTo(503);
      }
      assertThat(lines.list.stream().filter(e -> e.getLevel() == Level.ERROR))
          .as("one for each kind")
          .hasSize(4)
          .anyMatch(e -> e.getFormattedMessage().contains(foreign));
      assertThat(good.signed(SIGNER, "2").with("SignatureVersion", "3").to(config.url))
          .as("of a time to come")
          .isEqualTo(503);
      int before = host.asked().size();
      for (SnsPost bad :
          List.of(
              good.with("SigningCertURL", at + "expired.pem").signed(SIGNER, "2"),
              good.signed(SIGNER, "1").with("Message", "forged"),
              theirs.signed(SIGNER, "2").with("Message", "forged"),
              theirs.signed(expired, "2"),
              theirs.with("SigningCertURL", "https://evil.com/a.pem").signed(SIGNER, "2"),
              SnsPost.confirmation(foreign, "abc").signed(SIGNER, "2"),
              SnsPost.notification(TOPIC.replace("us-east-1", "s3"), "m").signed(SIGNER, "2"))) {
        assertThat(bad.to(config.url)).as(bad.json()).isEqualTo(403);
      }
      assertThat(host.asked()).as("known, or not worth asking").hasSize(before);
      assertThat(lines.list.stream().filter(e -> e.getLevel() == Level.ERROR)).hasSize(4);
      assertThat(source.poll(10, Duration.ofMillis(50))).isEmpty();
    } finally {
      log.detachAppender(lines);
    }
  }
}
