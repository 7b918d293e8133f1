package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.amebobridge.server.DeliverySettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Receivers that are broken or hostile. Where a limit other than time is to end the call, there is
 * an hour's time: without the limit these tests do not end.
 */
class HostileReceiverTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final DeliverySettings SHORT =
      DeliverySettings.defaults().withTimeout(Duration.ofMillis(500));
  private static final DeliverySettings LONG =
      DeliverySettings.defaults().withTimeout(Duration.ofHours(1));

  private static CallResult call(DeliverySettings settings, RawReceiver.Behaviour behaviour)
      throws IOException {
    try (RawReceiver receiver = RawReceiver.of(behaviour);
        Calls calls = Calls.local(settings)) {
      CallResult result = calls.call("receiver.test", receiver.port());
      await().until(() -> receiver.endings() == receiver.connections());
      return result;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 305, 307, 308})
  void aRedirectIsNotFollowed(int status) throws Exception {
    try (RawReceiver trap = RawReceiver.of(c -> c.always(OK));
        RawReceiver receiver =
            RawReceiver.of(
                c ->
                    c.always(
                        "HTTP/1.1 %d Elsewhere\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
                            .formatted(status, trap.port())));
        Calls calls = Calls.local(LONG)) {
      CallResult result = calls.call("receiver.test", receiver.port());
      assertThat(result.status()).isEqualTo(status);
      assertThat(result.error())
          .contains("answered " + status, "http://127.0.0.1:" + trap.port(), "not followed");
      assertThat(trap.connections()).isZero();
      assertThat(receiver.requests()).hasSize(1);
    }
  }

  @Test
  void anEndlessBodyIsCut() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n");
              while (true) {
                c.write(new byte[8192]); // ends when the caller hangs up
              }
            });
    assertThat(result.success()).as("the status has decided").isTrue();
  }

  @Test
  void endlessChunksAreCut() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n");
              while (true) {
                c.write("1\r\nx\r\n");
              }
            });
    assertThat(result.status()).isEqualTo(500);
    assertThat(result.success()).isFalse();
  }

  @Test
  void aBodyThatDripsEndsWithTheTime() throws Exception {
    CallResult result =
        call(
            SHORT,
            c -> {
              c.request();
              c.write("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n");
              while (c.pause()) {
                c.write("x");
              }
            });
    assertThat(result.success()).as("the status has decided").isTrue();
  }

  @Test
  void headersThatDripEndWithTheTime() throws Exception {
    CallResult result =
        call(
            SHORT,
            c -> {
              c.request();
              c.write("HTTP/1.1 200 OK\r\nX-Drip: ");
              while (c.pause()) {
                c.write("x");
              }
            });
    assertThat(result.error()).isEqualTo("no answer within 500 ms");
    assertThat(result.endpointDown()).isTrue();
  }

  @Test
  void silenceEndsWithTheTime() throws Exception {
    assertThat(call(SHORT, RawReceiver.Connection::stall).error())
        .isEqualTo("no answer within 500 ms");
  }

  @Test
  void headersWithoutEndAreCut() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 200 OK\r\n");
              while (true) {
                c.write("X-More: more\r\n");
              }
            });
    assertThat(result.success()).isFalse();
    assertThat(result.error()).contains("the call failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nX-Huge: HUGE\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 HUGE\r\nContent-Length: 0\r\n\r\n",
        "HUGE",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nHUGE\r\n"
      })
  void aHugeLineIsCut(String answer) throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write(answer.replace("HUGE", "f".repeat(1 << 20)));
              c.stall();
            });
    boolean decided = answer.endsWith("HUGE\r\n"); // the chunk's size comes after the status
    assertThat(result.success()).isEqualTo(decided);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"100 Continue", "102 Processing", "103 Early Hints\r\nLink: </x>", "199 Other"})
  void interimAnswersWithoutEndAreCut(String interim) throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              while (true) {
                c.write("HTTP/1.1 " + interim + "\r\n\r\n");
              }
            });
    assertThat(result.success()).isFalse();
  }

  @Test
  void aFewInterimAnswersAreFine() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK);
            });
    assertThat(result.success()).isTrue();
  }

  @Test
  void aSwitchOfProtocolsIsAFailure() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write(
                  "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
            });
    assertThat(result.success()).isFalse();
  }

  /** Inflated it would be over the cap, and its connection would be hung up. */
  @Test
  void aZipBombIsNotInflated() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 40; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    assertThat(bomb.size()).isLessThan(64 << 10);
    try (RawReceiver receiver =
            RawReceiver.of(
                c -> {
                  while (c.request()) {
                    c.write(
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + bomb.size()
                            + "\r\n\r\n");
                    c.write(bomb.toByteArray());
                  }
                });
        Calls calls = Calls.local(LONG)) {
      assertThat(calls.call("receiver.test", receiver.port()).success()).isTrue();
      assertThat(calls.call("receiver.test", receiver.port()).success()).isTrue();
      assertThat(receiver.connections()).isEqualTo(1);
      assertThat(receiver.requests().get(0).toLowerCase(java.util.Locale.ROOT))
          .doesNotContain("accept-encoding");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-",
        "220 mail.example ESMTP\r\n",
        "<html>hello</html>\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 banana OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: nameless\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: nine\r\n\r\n",
      })
  void whatIsNoAnswerIsAFailure(String answer) throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write(answer);
            });
    assertThat(result.success()).isFalse();
    assertThat(result.error()).isNotBlank();
  }

  @Test
  void aBodyThatIsCutLeavesTheStatusStanding() throws Exception {
    CallResult done =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            });
    assertThat(done.success()).isTrue();
    CallResult failed =
        call(
            LONG,
            c -> {
              c.request();
              c.write("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
            });
    assertThat(failed.status()).isEqualTo(503);
  }

  @Test
  void anAnswerBeforeTheRequestWasReadCounts() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
              c.request();
            });
    assertThat(result.success()).isFalse();
  }

  /** What a hostile receiver says is shown to its owner: shortened, and never taken as a header. */
  @Test
  void whatItSaysIsShortened() throws Exception {
    CallResult result =
        call(
            LONG,
            c -> {
              c.request();
              c.write(
                  "HTTP/1.1 302 Found\r\nLocation: http://"
                      + "x".repeat(4000)
                      + "\r\nContent-Length: 0\r\n\r\n");
            });
    assertThat(result.error()).hasSizeLessThan(500);
    assertThat(result.error()).contains("redirect");
  }
}
