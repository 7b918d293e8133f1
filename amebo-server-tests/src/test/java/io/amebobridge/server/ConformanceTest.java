package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Replays what was asked of an upstream server, in the same order, and compares the answers: the
 * same status, and every field of its answer with the same value (ours may have more). Where we
 * differ on purpose the recording says how and why, and our whole answer is compared.
 */
class ConformanceTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/conformance");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  @TempDir static Path dir;
  private static AmeboServer server;
  private static Receiver receiver;
  private static Wire admin;
  private static String cookie = "";

  @BeforeAll
  static void start() throws IOException {
    server = AmeboServer.start(Fixture.config(dir));
    receiver = new Receiver();
    admin = Wire.admin(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    receiver.close();
  }

  @TestFactory
  Stream<DynamicTest> answersAsUpstream() throws IOException {
    return recordings().stream()
        .map(
            recording ->
                DynamicTest.dynamicTest(
                    recording.path("row").asString() + ": " + recording.path("case").asString(),
                    () -> replay(recording)));
  }

  private static List<JsonNode> recordings() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(RECORDINGS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        all.add(JsonMapper.shared().readTree(Files.readString(file)));
      }
    }
    return all;
  }

  @Test
  void everyRowOfTheContractHasARecording() throws IOException {
    Set<String> missing = new TreeSet<>(Files.readAllLines(RECORDINGS.resolve("rows.txt")));
    missing.removeIf(String::isBlank);
    int rows = missing.size();
    recordings().forEach(recording -> missing.remove(recording.path("row").asString()));
    assertThat(missing).as("rows of the contract without a recording").isEmpty();
    assertThat(rows).isGreaterThan(40);
  }

  @Test
  void everyDifferenceHasAReason() throws IOException {
    for (JsonNode recording : recordings()) {
      assertThat(recording.path("source").asString()).isIn("recorded", "read from documentation");
      if (recording.has("ours")) {
        assertThat(recording.at("/ours/why").asString("")).as(recording.toString()).isNotBlank();
      }
    }
  }

  private static void replay(JsonNode recording) throws Exception {
    JsonNode got =
        recording.at("/request/method").asString().equals("WEBHOOK") ? webhook() : ask(recording);
    keep(recording, got);
    JsonNode ours = recording.path("ours");
    if (ours.isMissingNode()) {
      ConformanceAnswers.compare(recording.path("answer"), got);
    } else {
      assertThat(ConformanceAnswers.normal(got).toPrettyString())
          .as(ours.path("why").asString())
          .isEqualTo(ConformanceAnswers.normal(ours.path("answer")).toPrettyString());
    }
  }

  /** What we answered, for whoever writes an "ours". */
  private static void keep(JsonNode recording, JsonNode got) throws IOException {
    String name = recording.path("row").asString() + " " + recording.path("case").asString();
    Path to = Files.createDirectories(Path.of("target/conformance"));
    Files.writeString(
        to.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".json"),
        got.toString());
  }

  private static JsonNode ask(JsonNode recording) throws Exception {
    JsonNode request = recording.path("request");
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(server.uri() + filled(request.path("path").asString())));
    String body = "";
    if (request.has("body")) {
      JsonNode sent = request.path("body");
      body = filled(sent.isString() ? sent.stringValue() : sent.toString());
      http.header("Content-Type", request.path("type").asString());
    }
    switch (recording.path("asks").asString()) {
      case "administrator" -> http.header("Authorization", "Bearer " + admin.token());
      case "cookie" -> http.header("Cookie", cookie);
      default -> {}
    }
    HttpRequest built =
        http.method(request.path("method").asString(), HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = HTTP.send(built, HttpResponse.BodyHandlers.ofString());
    Described.check(server.uri(), HTTP, built.method(), answer);
    cookie = answer.headers().firstValue("Set-Cookie").map(c -> c.split(";", 2)[0]).orElse(cookie);
    return ConformanceAnswers.of(answer, receiver.url(), recording.path("first").asBoolean(false));
  }

  private static JsonNode webhook() {
    await().until(() -> receiver.events().contains(1L));
    Receiver.Call call =
        receiver.calls().stream().filter(c -> c.event() == 1).findFirst().orElseThrow();
    // Listed as completed only once its result is stored.
    await().until(() -> !completed().isEmpty());
    var answer = JsonMapper.shared().createObjectNode().put("path", call.path());
    var headers = answer.putObject("headers");
    call.headers()
        .forEach(
            (name, value) ->
                headers.put(name, value.replaceFirst("^sha256=[0-9a-f]{64}$", "sha256=<hex>")));
    answer.set("body", JsonMapper.shared().readTree(call.body()));
    return answer;
  }

  private static JsonNode completed() {
    return admin.get("/v1/gists?completed=true").json();
  }

  private static String filled(String text) {
    return text.contains("{gist}")
        ? text.replace("{gist}", completed().path(0).path("gist").asString())
        : text.replace("{receiver}", receiver.url())
            .replace("{username}", "admin")
            .replace("{password}", Wire.ADMIN_PASSWORD);
  }
}
