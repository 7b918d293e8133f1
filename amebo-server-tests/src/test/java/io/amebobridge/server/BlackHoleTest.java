package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Receivers that swallow everything, beside one that works. Nothing here depends on time. */
class BlackHoleTest extends ServerTest {
  private static final int EVENTS = 500;

  @Override
  ServerConfig config() {
    return super.config().withDelivery(super.config().delivery().withTimeout(Duration.ofHours(1)));
  }

  @Test
  void oneThatAcceptsAndNeverAnswersIsAlone() throws IOException {
    // The system accepts for a socket that nobody accepts from.
    try (ServerSocket silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
      assertOthersAreServedBeside(silent.getLocalPort());
      publish(EVENTS); // the same dedupers: nothing new
      assertThat(standing(0).path("in_flight").asInt()).isEqualTo(16);
    }
  }

  @Test
  void oneThatCannotEvenBeConnectedToIsAlone() throws IOException {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fill(full, queued);
      assertOthersAreServedBeside(full.getLocalPort());
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  private void assertOthersAreServedBeside(int blackHole) {
    subscribe("http://127.0.0.1:" + blackHole + "/hole");
    // Through other names too, so that several endpoints hold all their calls.
    subscribe("http://localhost:" + blackHole + "/hole");
    Fixture.subscribe(admin, "user.created", "");
    publish(EVENTS);
    await().until(() -> receiver.calls().size() == EVENTS);
    assertThat(receiver.events()).doesNotHaveDuplicates();
    await().until(() -> standing(2).path("cursor").asInt() == EVENTS);
    for (int i = 0; i < 2; i++) {
      assertThat(standing(i).path("in_flight").asInt()).as("its window is held").isPositive();
      assertThat(standing(i).path("cursor").asInt()).as("nothing of it has ended").isZero();
    }
    assertThat(admin.get("/v1/gists?completed=true&limit=1000").json()).hasSize(EVENTS);
  }

  /** Until the system accepts no more: a connection begun then hangs. */
  private static void fill(ServerSocket server, List<Socket> queued) throws IOException {
    for (int i = 0; i < 50; i++) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new AssertionError("this system queues connections without a bound");
  }

  private void subscribe(String handler) {
    Fixture.expect(
        201,
        admin.post(
            "/v1/subscriptions",
            "{\"application\":\"mailer\",\"action\":\"user.created\",\"handler\":\""
                + handler
                + "\"}"));
  }

  private JsonNode standing(int index) {
    return admin.get("/v1/status").json().path("subscriptions").path(index);
  }
}
