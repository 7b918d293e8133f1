package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.amebobridge.client.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Everything is logged, at the finest level, while all goes right and wrong: no secret is in it.
 */
class NothingSecretIsSaidTest {
  private static final String SHOP = "marker-secret-of-the-shop";
  private static final String MAILER = "marker-secret-of-the-mailer";
  private static final String ROTATED = "marker-secret-after-rotation";
  private static final String WRONG = "marker-secret-that-is-wrong";
  private static final String PASSWORD = "marker-admin-password";
  private static final String WRONG_PASSWORD = "marker-wrong-password";
  private static final String SERVER = "marker-amebo-secret-of-length";
  private static final String PAYLOAD = "marker-in-the-payload";
  private static final String DSN = "marker-dsn-password";
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @TempDir Path dir;
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final List<String> errors = new ArrayList<>();
  private final List<String> secrets =
      new ArrayList<>(List.of(SHOP, MAILER, ROTATED, WRONG, PASSWORD, WRONG_PASSWORD, SERVER, DSN));
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(
              event.getLoggerName()
                  + " "
                  + event.getFormattedMessage()
                  + Arrays.toString(event.getArgumentArray())
                  + event.getMDCPropertyMap()
                  + event.getKeyValuePairs()
                  + (event.getThrowableProxy() == null
                      ? ""
                      : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
      };
  private Level before;

  @BeforeEach
  void listen() {
    before = ROOT.getLevel();
    ROOT.iteratorForAppenders().forEachRemaining(console -> console.stop());
    appender.setContext(ROOT.getLoggerContext());
    appender.start();
    ROOT.addAppender(appender);
    ROOT.setLevel(Level.TRACE);
  }

  @AfterEach
  void stopListening() {
    ROOT.detachAppender(appender);
    ROOT.setLevel(before);
    ROOT.iteratorForAppenders().forEachRemaining(console -> console.start());
  }

  private ServerConfig config() {
    return Fixture.config(dir)
        .withSecret(Secret.of(SERVER))
        .withAdmin("admin", Secret.of(PASSWORD));
  }

  @Test
  void aSessionInWhichMuchGoesWrong() throws Exception {
    try (Receiver receiver = new Receiver()) {
      try (AmeboServer server = AmeboServer.start(config())) {
        session(server, receiver);
      }
      try (AmeboServer again = AmeboServer.start(config())) {
        assertThat(again.port()).isPositive();
      }
    }
    starts();
    assertThat(logged)
        .as("the appender hears us")
        .anySatisfy(line -> assertThat(line).contains("io.amebobridge.server", "Amebo listens"));
    for (String secret : secrets) {
      assertThat(logged).noneSatisfy(line -> assertThat(line).contains(secret));
      assertThat(errors).noneSatisfy(text -> assertThat(text).contains(secret));
    }
    assertThat(logged).noneSatisfy(line -> assertThat(line).contains(PAYLOAD));
    assertThat(errors).hasSizeGreaterThan(20).noneSatisfy(e -> assertThat(e).contains(PAYLOAD));
  }

  private void session(AmeboServer server, Receiver receiver) throws IOException {
    Wire nobody = Wire.anonymous(server);
    Wire admin = login(nobody, "{\"username\":\"admin\",\"password\":\"" + PASSWORD + "\"}");
    Fixture.application(admin, "shop", "http://127.0.0.1:9", SHOP);
    Fixture.application(admin, "mailer", receiver.url(), MAILER);
    String action = "{\"action\":\"user.created\",\"application\":\"shop\",\"secret\":\"%s\",";
    String schema =
        "\"schemata\":{\"properties\":{\"id\":{\"type\":\"integer\"},\"k\":{\"enum\":[1]},\"p\":{\"pattern\":\"^x\"}}}}";
    Fixture.expect(201, nobody.post("/v1/actions", action.formatted(SHOP) + schema));
    refused(nobody.post("/v1/actions", action.formatted(WRONG) + schema));
    Wire shop = login(nobody, "{\"application\":\"shop\",\"secret\":\"" + SHOP + "\"}");
    refused(nobody.post("/v1/tokens", "{\"application\":\"shop\",\"secret\":\"" + WRONG + "\"}"));
    refused(
        nobody.post(
            "/v1/tokens", "{\"username\":\"admin\",\"password\":\"" + WRONG_PASSWORD + "\"}"));
    Fixture.expect(202, admin.put("/v1/applications/shop", "{\"secret\":\"" + ROTATED + "\"}"));
    refused(
        nobody.put(
            "/v1/applications/shop",
            "{\"location\":\"http://127.0.0.1:8\",\"secret\":\"" + WRONG + "\"}"));
    refused(admin.put("/v1/applications/shop", "{\"secret\":\"" + WRONG + " with a blank\"}"));
    refused(admin.put("/v1/applications/shop", "{\"secret\":\"whsec_" + WRONG + "!\"}"));
    secrets.add(
        Fixture.expect(200, shop.post("/v1/applications/shop/rotate", ""))
            .json()
            .path("secret")
            .asString());
    refused(new Wire(server.uri(), WRONG).get("/v1/events"));
    refused(new Wire(server.uri(), admin.token() + "x").get("/v1/events"));
    refused(new Wire(server.uri(), admin.token() + "x").post("/v1/tokens/refresh", ""));
    publish(nobody, admin);
    deliver(admin, receiver);
    admin.get("/v1/applications").text();
    for (String path : List.of("/v1/applications", "/v1/subscriptions", "/v1/status", "/metrics")) {
      errors.add(admin.get(path).text());
    }
  }

  private void publish(Wire nobody, Wire admin) {
    String event = "{\"action\":\"user.created\",\"secret\":\"%s\",\"payload\":%s}";
    String good = "{\"text\":\"" + PAYLOAD + "\"}";
    Fixture.expect(201, nobody.post("/v1/events", event.formatted(ROTATED, good)));
    refused(nobody.post("/v1/events", event.formatted(WRONG, good)));
    for (String bad :
        List.of(
            "{\"id\":\"" + PAYLOAD + "\"}",
            "{\"k\":\"" + PAYLOAD + "\"}",
            "{\"p\":\"" + PAYLOAD + "\"}",
            "\"" + PAYLOAD + "\"",
            "{\"text\":\"" + PAYLOAD + "\",\"n\":1e400}")) {
      refused(nobody.post("/v1/events", event.formatted(ROTATED, bad)));
      String batch = "[" + event.formatted(ROTATED, bad) + "]";
      errors.add(Fixture.expect(200, nobody.post("/v1/events/batch", batch)).text());
    }
    refused(nobody.post("/v1/events", event.formatted(ROTATED, good) + "}"));
    refused(nobody.post("/v1/events/batch", "[" + event.formatted(WRONG, good) + "]"));
    refused(admin.post("/v1/events", event.formatted(ROTATED, good).replace("user.created", "x")));
  }

  private void deliver(Wire admin, Receiver receiver) {
    receiver.answer(
        call ->
            call.path().equals("/moved")
                ? new Receiver.Answer(302, Map.of("Location", "http://127.0.0.1:1/"))
                : Receiver.Answer.of(500));
    for (String handler : List.of("/hook", "/moved", "http://127.0.0.1:1/closed")) {
      Fixture.expect(
          201,
          admin.post(
              "/v1/subscriptions",
              "{\"application\":\"mailer\",\"action\":\"user.created\",\"max_retries\":1,\"start\":\"earliest\",\"handler\":\""
                  + handler
                  + "\"}"));
    }
    await().until(() -> admin.get("/v1/gists?state=dead").json().size() == 3);
    String dead = admin.get("/v1/gists?state=dead").text();
    errors.add(dead);
    assertThat(receiver.calls().get(0).headers()).containsEntry("x-pass-phrase", MAILER);
  }

  private void starts() throws IOException {
    failed(() -> AmeboServer.start(config().withSecret(Secret.of(WRONG))));
    failed(() -> AmeboServer.start(config().withSecret(Secret.of("marker")))); // too short
    failed(() -> AmeboServer.start(config().withAdmin("admin", Secret.of(PASSWORD.repeat(9)))));
    failed(() -> ServerConfig.of("oracle://amebo:" + DSN + "@db.example/amebo"));
    failed(() -> ServerConfig.of("mysql://db.example/amebo?user=a&password=" + DSN));
    failed(() -> ServerConfig.of("sqlite:x?password=" + DSN));
    failed(() -> ServerConfig.of("postgresql://amebo:" + DSN + "@:x/amebo"));
    failed(() -> AmeboServer.start(dsn("postgresql://amebo:" + DSN + "@127.0.0.1:1/amebo")));
    Path bare = dir.resolve("bare/amebo.db");
    AmeboServer.start(ServerConfig.of("sqlite:" + bare)).close();
    for (String kept : List.of("amebo.db.secret", "amebo.db.password")) {
      secrets.add(Files.readString(bare.resolveSibling(kept)).strip());
    }
  }

  private ServerConfig dsn(String dsn) {
    return ServerConfig.of(dsn)
        .withSecret(Secret.of(SERVER))
        .withAdmin("admin", Secret.of(PASSWORD));
  }

  private void failed(org.assertj.core.api.ThrowableAssert.ThrowingCallable start) {
    Throwable failure = catchThrowable(start);
    assertThat(failure).isNotNull();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      errors.add(cause.toString());
    }
  }

  private Wire login(Wire nobody, String credentials) {
    Wire known = nobody.login(credentials);
    secrets.add(known.token());
    return known;
  }

  private void refused(Wire.Reply reply) {
    assertThat(reply.status()).isGreaterThanOrEqualTo(400);
    errors.add(reply.text() + reply.response().headers().map());
  }
}
