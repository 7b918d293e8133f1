package io.amebobridge.aws;

import static io.amebobridge.aws.SnsSources.SIGNER;
import static io.amebobridge.aws.SnsSources.TOPIC;
import static io.amebobridge.testkit.Reads.bodies;
import static io.amebobridge.testkit.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.amebobridge.core.Delivery;
import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import io.amebobridge.testkit.SnsPost;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Posts and their answers. */
class SnsSourceTest {
  @TempDir private Path directory;
  private SnsSources config;
  private SnsSource source;

  @BeforeEach
  void prepare() throws Exception {
    config = SnsSources.of(directory);
  }

  @AfterEach
  void close() {
    if (source != null) source.close();
  }

  private URI open() throws Exception {
    source = config.create();
    source.open();
    return config.url;
  }

  private static SnsPost post(String message) {
    return SnsPost.notification(TOPIC, message).signed(SIGNER, "2");
  }

  private static int status(CompletableFuture<Integer> answer) throws Exception {
    return answer.get(20, TimeUnit.SECONDS);
  }

  @Test
  void isAnsweredOnceItIsSettled() throws Exception {
    URI url = open();
    SnsPost post =
        SnsPost.notification(TOPIC, "{\"id\":1}")
            .with("Subject", "shipped")
            .attribute("kind", "String", "express")
            .attribute("price", "Number", "10.50")
            .attribute("tags", "String.Array", "[\"a\",\"b\"]")
            .attribute("raw", "Binary", "AP8=")
            .signed(SIGNER, "1");
    CompletableFuture<Integer> answer = post.sendTo(url);
    List<Delivery> got = read(source, 1);
    assertThat(source.poll(10, Duration.ofMillis(100))).isEmpty();
    assertThat(answer).isNotDone();
    Message message = got.get(0).message();
    assertThat(message.id()).isEqualTo("sns:" + post.field("MessageId"));
    assertThat(message.address()).isEqualTo("orders");
    assertThat(message.body()).asString(StandardCharsets.UTF_8).isEqualTo("{\"id\":1}");
    assertThat(got.get(0).lane()).isNull();
    assertThat(message.origin().timestamp()).isEqualTo(Instant.parse(post.field("Timestamp")));
    assertThat(message.headers())
        .contains(Header.of("kind", "express"), new Header("raw", new byte[] {0, -1}));
    assertThat(message.origin().variables())
        .containsEntry("topic", "orders")
        .containsEntry("topicArn", TOPIC)
        .containsEntry("subject", "shipped")
        .containsEntry("messageId", post.field("MessageId"));
    assertThat(message.origin().variables().get("attributes"))
        .asString()
        .contains("price=10.50", "tags=[a, b]", "kind=express");
    source.settle(got);
    assertThat(status(answer)).isEqualTo(200);
  }

  @Test
  void anAttemptForAMessageInFlightWaitsWithIt() throws Exception {
    URI url = open();
    SnsPost post = post("once");
    CompletableFuture<Integer> first = post.sendTo(url);
    List<Delivery> got = read(source, 1);
    CompletableFuture<Integer> second = post.sendTo(url);
    assertThat(source.poll(10, Duration.ofMillis(300))).isEmpty();
    assertThat(second).isNotDone();
    source.settle(got);
    assertThat(status(first)).isEqualTo(200);
    assertThat(status(second)).isEqualTo(200);
    assertThat(post.to(url)).as("settled of late").isEqualTo(200);
    assertThat(source.poll(10, Duration.ofMillis(50))).isEmpty();
  }

  @Test
  void whatAmeboTakesTooLateIsKnownAtTheNextAttempt() throws Exception {
    config.with("holdLimit", "200ms");
    URI url = open();
    SnsPost post = post("slow");
    CompletableFuture<Integer> first = post.sendTo(url);
    List<Delivery> got = read(source, 1);
    assertThat(status(first)).isEqualTo(503);
    assertThat(source.owns(got.get(0))).isTrue();
    assertThat(post.to(url)).as("still in flight").isEqualTo(503);
    source.settle(got);
    assertThat(source.owns(got.get(0))).isFalse();
    assertThat(post.to(url)).isEqualTo(200);
    assertThat(source.poll(10, Duration.ofMillis(50))).isEmpty();
  }

  @Test
  void isFullAtItsBoundAndGoesOn() throws Exception {
    config.with("maxUnsettled", "2");
    URI url = open();
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    answers.add(post("1").sendTo(url));
    answers.add(post("2").sendTo(url));
    List<Delivery> got = read(source, 2);
    SnsPost third = post("3");
    assertThat(third.to(url)).isEqualTo(503);
    source.settle(got);
    for (var answer : answers) assertThat(status(answer)).isEqualTo(200);
    CompletableFuture<Integer> again = third.sendTo(url);
    source.settle(read(source, 1));
    assertThat(status(again)).isEqualTo(200);
  }

  @Test
  void aStopAnswersWhatIsNotSettledAndWhatIs() throws Exception {
    URI url = open();
    CompletableFuture<Integer> settled = post("a").sendTo(url);
    List<Delivery> got = read(source, 1);
    CompletableFuture<Integer> unsettled = post("b").sendTo(url);
    read(source, 1);
    source.settle(got);
    long began = System.nanoTime();
    source.close();
    assertThat(System.nanoTime() - began).isLessThan(Duration.ofSeconds(6).toNanos());
    assertThat(status(settled)).isEqualTo(200);
    assertThat(status(unsettled)).isEqualTo(503);
    assertThatThrownBy(() -> post("c").to(url)).isInstanceOf(IOException.class);
    source.close();
  }

  @Test
  void refusesWhatIsNotForIt() throws Exception {
    URI url = open();
    HttpClient http = HttpClient.newHttpClient();
    assertThat(call(http, HttpRequest.newBuilder(url))).isEqualTo(405);
    URI elsewhere = URI.create(url + "/other");
    assertThat(post("m").to(elsewhere)).isEqualTo(404);
    for (String body : List.of("", "{", "[]", "{}", "x", "{\"Type\":\"Notification\"}")) {
      assertThat(call(http, body(url, body))).as(body).isEqualTo(400);
    }
    assertThat(call(http, body(url, "x".repeat(SnsDoor.MOST_BODY + 1)))).isEqualTo(413);
    String twice = post("m").json();
    String key = twice.replaceFirst("\\{", "{\"Message\":\"other\",");
    assertThat(call(http, body(url, key))).as("a key twice").isEqualTo(400);
    assertThat(call(http, body(url, twice + "{}"))).as("something behind it").isEqualTo(400);
    assertThat(post("m").with("Message", "forged").to(url)).isEqualTo(403);
    String foreign = TOPIC.replace("orders", "payments");
    SnsPost theirs = SnsPost.notification(foreign, "m").signed(SIGNER, "2");
    assertThat(theirs.with("Message", "forged").to(url)).isEqualTo(403);
    assertThat(theirs.to(url)).as("for those who can add it to topics").isEqualTo(503);
    assertThat(source.poll(10, Duration.ofMillis(50))).isEmpty();
    assertThat(source.away()).as("anybody may post anything").isNull();
  }

  private static HttpRequest.Builder body(URI url, String text) {
    return HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.ofString(text));
  }

  private static int call(HttpClient http, HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void rawDeliveryIsRefusedButNotForGood() throws Exception {
    URI url = open();
    HttpRequest.Builder raw =
        body(url, "anything")
            .header("x-amz-sns-rawdelivery", "true")
            .header("x-amz-sns-topic-arn", TOPIC);
    assertThat(call(HttpClient.newHttpClient(), raw)).isEqualTo(503);
    assertThat(source.away()).as("anybody may post anything").isNull();
    assertThat(trouble()).as("the same").isNull();
    CompletableFuture<Integer> good = post("m").sendTo(url);
    source.settle(read(source, 1));
    assertThat(status(good)).isEqualTo(200);
  }

  /** As {@code /status} shows it. */
  private @Nullable String trouble() {
    assertThat(source.lanes()).hasSize(1);
    assertThat(source.lanes().get(0).labels()).containsEntry("topic", TOPIC);
    return source.lanes().get(0).labels().get("trouble");
  }

  @Test
  void olderThanAllowedIsRefused() throws Exception {
    config.with("maxAge", "2h");
    URI url = open();
    String before = Instant.now().minus(Duration.ofMinutes(121)).toString();
    assertThat(
            SnsPost.notification(TOPIC, "m").with("Timestamp", before).signed(SIGNER, "2").to(url))
        .isEqualTo(403);
    CompletableFuture<Integer> good = post("m").sendTo(url);
    source.settle(read(source, 1));
    assertThat(status(good)).isEqualTo(200);
  }

  @Test
  void theLargestMessageOfSnsIsTaken() throws Exception {
    URI url = open();
    String text = "\u0001".repeat(256 * 1024);
    CompletableFuture<Integer> answer = post(text).sendTo(url);
    List<Delivery> got = read(source, 1);
    assertThat(bodies(got)).containsExactly(text);
    source.settle(got);
    assertThat(status(answer)).isEqualTo(200);
  }

  @Test
  void aClientThatGoesAwayLeavesTheMessage() throws Exception {
    URI url = open();
    SnsPost post = post("left");
    List<Delivery> got;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
      socket.getOutputStream().write(http(url, post.json()).getBytes(StandardCharsets.UTF_8));
      got = read(source, 1);
    }
    CompletableFuture<Integer> again = post.sendTo(url);
    assertThat(source.poll(10, Duration.ofMillis(100))).isEmpty();
    source.settle(got);
    assertThat(status(again)).isEqualTo(200);
  }

  private static String http(URI url, String body) {
    return "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(url.getPath(), body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  @Test
  void connectionsAreBounded() throws Exception {
    config.with("maxConnections", "3");
    URI url = open();
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        held.add(socket);
        socket
            .getOutputStream()
            .write("POST /sns HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      await().until(() -> isClosed(url));
      held.remove(0).close();
      await().until(() -> !isClosed(url));
      CompletableFuture<Integer> answer = post("m").sendTo(url);
      source.settle(read(source, 1));
      assertThat(status(answer)).isEqualTo(200);
    } finally {
      for (Socket socket : held) socket.close();
    }
  }

  /** Whether a connection is ended before anything was said. */
  private static boolean isClosed(URI url) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
      socket.setSoTimeout(200);
      InputStream in = socket.getInputStream();
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  @Test
  void aPortThatIsTakenIsWaitedFor() throws Exception {
    URI url = open();
    SnsSource second = config.create();
    assertThatThrownBy(second::open)
        .isInstanceOfSatisfying(
            SourceException.class,
            e -> {
              assertThat(e.temporary()).isTrue();
              assertThat(e).hasMessageContaining("127.0.0.1:" + url.getPort());
            });
    second.close();
  }

  @Test
  void anEndedSubscriptionIsSaid() throws Exception {
    URI url = open();
    SnsPost ended =
        SnsPost.confirmation(TOPIC, "abc")
            .with("Type", "UnsubscribeConfirmation")
            .signed(SIGNER, "2");
    Logger log = (Logger) LoggerFactory.getLogger(TopicTroubles.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      for (int i = 0; i < 5; i++) { // captured, and posted again by anybody
        assertThat(ended.to(url)).isEqualTo(200);
        assertThat(trouble()).contains("ended");
        assertThat(source.away()).as("a message that comes here would end it").isNull();
        CompletableFuture<Integer> good = post("m").sendTo(url);
        source.settle(read(source, 1));
        assertThat(status(good)).isEqualTo(200);
        assertThat(trouble()).isNull();
      }
      assertThat(lines.list)
          .extracting(e -> e.getLevel())
          .containsOnlyOnce(Level.ERROR, Level.INFO);
    } finally {
      log.detachAppender(lines);
    }
    assertThat(Map.of("s", source).toString()).doesNotContain("abc");
  }

  /** Else its server would stay, and its threads would keep the process alive. */
  @Test
  void whoIsInterruptedWhileItOpensLeavesNothing() throws Exception {
    source = config.create();
    Thread.currentThread().interrupt();
    assertThatThrownBy(source::open).isInstanceOf(InterruptedException.class);
    open();
    CompletableFuture<Integer> good = post("m").sendTo(config.url);
    source.settle(read(source, 1));
    assertThat(status(good)).isEqualTo(200);
  }
}
