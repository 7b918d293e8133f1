package io.amebobridge.aws;

import static io.amebobridge.aws.SnsSources.SIGNER;
import static io.amebobridge.aws.SnsSources.TOPIC;
import static io.amebobridge.testkit.Reads.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.brokers.SnsSigner;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.SnsPost;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who are slow, many, or speak TLS. */
class SnsDoorTest {
  private static final SnsDoor.Patience SHORT =
      new SnsDoor.Patience(Duration.ofMillis(400), Duration.ofMillis(400));

  @TempDir private Path directory;

  /** Whatever it answers, until it ends the connection. */
  private static String until(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (java.net.SocketException reset) {
      return "";
    }
  }

  private static Socket connect(URI url, String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  @Test
  void whoSendsTooSlowlyIsEnded() throws Exception {
    SnsSources config = SnsSources.of(directory);
    try (SnsSource source = config.create(SHORT)) {
      source.open();
      try (Socket silent = connect(config.url, "");
          Socket head = connect(config.url, "POST /sns HTTP/1.1\r\nHost: a\r\nX-A: ");
          Socket body =
              connect(config.url, "POST /sns HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n{")) {
        assertThat(until(silent)).isEmpty();
        assertThat(until(head)).isEmpty();
        assertThat(until(body)).startsWith("HTTP/1.1 503 ").contains("too slowly");
      }
      CompletableFuture<Integer> answer =
          SnsPost.notification(TOPIC, "m").signed(SIGNER, "2").sendTo(config.url);
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> got.size() == 1);
      source.settle(got);
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  /** A post that is held is not idle. */
  @Test
  void whoWaitsForItsAnswerIsNot() throws Exception {
    SnsSources config = SnsSources.of(directory);
    try (SnsSource source = config.create(SHORT)) {
      source.open();
      CompletableFuture<Integer> answer =
          SnsPost.notification(TOPIC, "m").signed(SIGNER, "2").sendTo(config.url);
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> got.size() == 1);
      assertThat(source.poll(1, Duration.ofMillis(1_200))).isEmpty();
      assertThat(answer).isNotDone();
      source.settle(got);
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    SnsSources config = SnsSources.of(directory);
    try (SnsSource source = config.create()) {
      source.open();
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        answers.add(SnsPost.notification(TOPIC, "m" + i).signed(SIGNER, "2").sendTo(config.url));
      }
      List<Delivery> got = new ArrayList<>();
      pollUntil(source, got, () -> got.size() == 300);
      source.settle(got);
      for (CompletableFuture<Integer> each : answers) {
        assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(200);
      }
    }
  }

  @Test
  void speaksTls() throws Exception {
    Instant now = Instant.now();
    SnsSigner host = SnsSigner.make("localhost", now.minusSeconds(60), now.plusSeconds(3_600));
    char[] password = "p".toCharArray();
    KeyStore keys = host.keyStore(password);
    String key =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(keys.getKey("key", password).getEncoded());
    Path pem = Files.writeString(directory.resolve("tls.pem"), host.pem());
    Path secret =
        Files.writeString(
            directory.resolve("tls.key"),
            "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
    SnsSources config =
        SnsSources.of(directory)
            .with("tls", "{certificate: '%s', key: '%s'}".formatted(pem, secret));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("host", host.certificate());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SnsSource source = config.create()) {
      source.open();
      URI url = URI.create("https://localhost:" + config.url.getPort() + "/sns");
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .sslContext(context)
              .build()
              .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(config.factory().inspect(0).facts())
          .anyMatch(f -> f.endsWith("has a running bridge"));
    }
    Files.writeString(secret, "no key");
    try (SnsSource source = config.create()) {
      assertThatThrownBy(source::open)
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.temporary()).isFalse());
    }
  }
}
