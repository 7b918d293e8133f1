package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyBudgetTest extends ServerTest {
  @Test
  void strangersWhoAnnounceMuchAreBoundedAndHarmNobody() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        open.add(announce(32 << 20));
      }
      await().until(() -> answered(open) == 1);
      for (Socket socket : open) {
        if (socket.getInputStream().available() > 0) {
          byte[] answer = socket.getInputStream().readNBytes(12);
          assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 503");
        }
      }
      String email = "x".repeat(100_000);
      publish("mine", "{\"id\":1,\"email\":\"" + email + "\"}");
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    // What they held is free again.
    String event =
        Fixture.event("user.created", "s", "{\"id\":1,\"email\":\"" + "x".repeat(100_000) + "\"}")
            .replace("{\"action\"", "{\"secret\":\"" + Fixture.SECRET + "\",\"action\"");
    await().until(() -> Wire.anonymous(server).post("/v1/events", event).status() == 201);
  }

  private static int answered(List<Socket> sockets) throws IOException {
    int count = 0;
    for (Socket socket : sockets) {
      count += socket.getInputStream().available() > 0 ? 1 : 0;
    }
    return count;
  }

  private Socket announce(int bytes) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /v1/events/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + bytes
                + "\r\n\r\n[")
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }
}
