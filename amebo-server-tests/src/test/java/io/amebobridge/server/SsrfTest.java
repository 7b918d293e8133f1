package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.amebobridge.client.AmeboException;
import io.amebobridge.client.ApplicationSpec;
import io.amebobridge.client.Secret;
import io.amebobridge.server.security.Disguises;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A server that others can reach sends nothing to addresses that are not public. */
class SsrfTest {
  @TempDir Path dir;
  private AmeboServer server;
  private Wire admin;

  @BeforeEach
  void start() throws IOException {
    server = AmeboServer.start(Fixture.config(dir).withHost("0.0.0.0"));
    admin = Wire.admin(server);
    Fixture.application(admin, "shop", "http://203.0.114.1", Fixture.SECRET);
    Fixture.application(admin, "mailer", "http://203.0.114.1", Fixture.OTHER_SECRET);
    Fixture.action(admin, "user.created");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void noClosedAddressIsRegistered() {
    List<String> hosts = new ArrayList<>(Disguises.hosts());
    hosts.addAll(List.of("localhost", "localhost.", "LOCALHOST", "a.localhost", "x@127.0.0.1"));
    for (String host : hosts) {
      Wire.Reply application =
          admin.post("/v1/applications", application("http://" + host + ":8080/in"));
      assertThat(application.status()).as(host).isEqualTo(400);
      assertThat(application.error()).startsWith("address - ");
      Wire.Reply handler = admin.post("/v1/subscriptions", handler("https://" + host + "/hook"));
      assertThat(handler.status()).as(host).isEqualTo(400);
      assertThat(handler.error()).startsWith("handler - ");
    }
    assertThat(
            admin.put("/v1/applications/mailer", "{\"location\":\"http://2130706433\"}").status())
        .isEqualTo(400);
    Fixture.expect(201, admin.post("/v1/subscriptions", handler("/ok")));
    assertThat(admin.put("/v1/subscriptions/1", "{\"handler\":\"http://[::1]/\"}").status())
        .isEqualTo(400);
    assertThat(admin.get("/v1/applications").json()).hasSize(2);
    assertThat(admin.get("/v1/subscriptions").json()).hasSize(1);
  }

  @Test
  void theApiWithinTheProcessHasTheSameRules() {
    for (String address :
        List.of("http://127.0.0.1", "http://0x7f.1/", "http://a@b/", "ftp://a/")) {
      ApplicationSpec wanted =
          new ApplicationSpec("x", address, Secret.of("a-secret-of-some-length"));
      assertThatThrownBy(() -> server.api().register(wanted))
          .as(address)
          .isInstanceOf(AmeboException.Refused.class)
          .hasMessageContaining("address - ");
    }
  }

  @Test
  void publicAddressesAndNamesAreRegistered() {
    int number = 0;
    for (String host :
        List.of("203.0.114.9", "[2606:4700:4700::1111]", "example.com", "1a.example.com.")) {
      String address = "https://" + host + ":8443/in";
      assertThat(admin.post("/v1/subscriptions", handler(address)).status()).isEqualTo(201);
      String body = application(address).replace("\"x\"", "\"x" + number++ + "\"");
      assertThat(admin.post("/v1/applications", body).status()).isEqualTo(201);
    }
  }

  /** Rows that came in another way, as with an import, meet the guard at the dial. */
  @Test
  void whatIsStoredAllTheSameIsNotDialled() throws Exception {
    try (Receiver trap = new Receiver()) {
      String at = ":" + trap.port();
      List<String> addresses =
          List.of(
              "http://127.0.0.1" + at,
              "http://[::ffff:127.0.0.1]" + at,
              "http://2130706433" + at,
              "http://0x7f.1" + at,
              "http://public.example@127.0.0.1" + at,
              "http://localhost" + at,
              "http://127.1" + at);
      for (int i = 0; i < addresses.size(); i++) {
        Fixture.expect(201, admin.post("/v1/subscriptions", handler("/hook" + i)));
      }
      server.close();
      store(addresses);
      server = AmeboServer.start(Fixture.config(dir).withHost("0.0.0.0"));
      admin = Wire.admin(server);
      Fixture.expect(
          201, admin.post("/v1/events", Fixture.event("user.created", "d", "{\"id\":1}")));
      await().until(() -> admin.get("/v1/gists?state=dead").json().size() == addresses.size());
      for (var gist : admin.get("/v1/gists").json()) {
        assertThat(gist.path("last_error").asString())
            .containsAnyOf("not public", "allowed: a name", "without user", "name is unknown");
      }
      assertThat(trap.calls()).isEmpty();
    }
  }

  private void store(List<String> addresses) throws Exception {
    try (Connection db =
            DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("data/amebo.db"));
        PreparedStatement update =
            db.prepareStatement(
                "UPDATE subscriptions SET handler = ?, max_retries = 1 WHERE id = ?")) {
      for (int i = 0; i < addresses.size(); i++) {
        update.setString(1, addresses.get(i) + "/hook");
        update.setInt(2, i + 1);
        update.executeUpdate();
      }
    }
  }

  private static String application(String address) {
    return "{\"application\":\"x\",\"secret\":\"a-secret-of-some-length\",\"address\":"
        + JsonMapper.shared().writeValueAsString(address)
        + "}";
  }

  private static String handler(String handler) {
    return "{\"application\":\"mailer\",\"action\":\"user.created\",\"handler\":"
        + JsonMapper.shared().writeValueAsString(handler)
        + "}";
  }
}
