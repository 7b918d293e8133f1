package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What of a receiver's answer is kept, and what is read of it at all. */
@OnEveryDatabase
class AnswersKeptTest extends ServerTest {
  @Test
  void aFailuresAnswerIsKeptAndShown() {
    answer(422, Map.of(), "no \u0000such user".getBytes(StandardCharsets.UTF_8));
    fail();
    JsonNode gist = gist();
    assertThat(gist.path("response").asString()).isEqualTo("no \uFFFDsuch user");
    assertThat(gist.path("last_status").asInt()).isEqualTo(422);
    assertThat(gist.path("attempts").asInt()).isEqualTo(2);
    assertThat(gist.path("published").asString()).endsWith("Z");
    assertThat(admin.get("/v1/gists").json().get(0).has("response")).isFalse();
    assertThat(receiver.calls().get(0).headers()).doesNotContainKey("accept-encoding");
  }

  @Test
  void aSuccessIsNotKeptUnlessItWasReplayedByHand() {
    answer(500, Map.of(), "broken".getBytes(StandardCharsets.UTF_8));
    fail();
    answer(200, Map.of(), "thank you".getBytes(StandardCharsets.UTF_8));
    publish("second", "{\"id\":2}");
    await().until(() -> admin.get("/v1/gists?completed=true").json().size() == 1);
    String second = admin.get("/v1/gists?completed=true").json().get(0).path("gist").asString();
    assertThat(admin.get("/v1/gists/" + second).json().path("response").isNull()).isTrue();
    Fixture.expect(202, admin.post("/v1/regists/" + gist().path("gist").asString(), ""));
    await().until(() -> gist().path("state").asString().equals("delivered"));
    assertThat(gist().path("response").asString()).isEqualTo("thank you");
  }

  @Test
  void nothingIsDecompressed() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(new byte[1 << 20]);
    }
    answer(500, Map.of("Content-Encoding", "gzip"), zipped.toByteArray());
    fail();
    assertThat(gist().path("response").asString()).isEqualTo("(encoded as gzip, not decoded)");
  }

  @Test
  void anAnswerIsReadUpToItsCapAndTheStatusStillDecides() {
    answer(500, Map.of(), "x".repeat(8 << 20).getBytes(StandardCharsets.UTF_8));
    fail();
    assertThat(gist().path("response").asString()).isEqualTo("x".repeat(4096));
    assertThat(gist().path("last_error").asString()).isEqualTo("the receiver answered 500");
    answer(200, Map.of(), "y".repeat(8 << 20).getBytes(StandardCharsets.UTF_8));
    publish("large", "{\"id\":2}");
    await().until(() -> admin.get("/v1/gists?completed=true").json().size() == 1);
  }

  @Test
  void anotherApplicationSeesNothing() {
    answer(500, Map.of(), "broken".getBytes(StandardCharsets.UTF_8));
    fail();
    String path = "/v1/gists/" + gist().path("gist").asString();
    assertThat(admin.application("mailer", Fixture.OTHER_SECRET).get(path).status()).isEqualTo(200);
    assertThat(admin.application("shop", Fixture.SECRET).get(path).status()).isEqualTo(404);
    assertThat(Wire.anonymous(server).get(path).status()).isEqualTo(401);
    assertThat(admin.get("/v1/gists/7").status()).isEqualTo(404);
  }

  private void answer(int status, Map<String, String> headers, byte[] body) {
    receiver.answer(call -> new Receiver.Answer(status, headers, body));
  }

  private void fail() {
    Fixture.subscribe(admin, "user.created", 1, "");
    publish("d", "{\"id\":1}");
    await().until(() -> admin.get("/v1/gists?state=dead").json().size() == 1);
  }

  private JsonNode gist() {
    String id = admin.get("/v1/gists?event=1").json().get(0).path("gist").asString();
    return Fixture.expect(200, admin.get("/v1/gists/" + id)).json();
  }
}
