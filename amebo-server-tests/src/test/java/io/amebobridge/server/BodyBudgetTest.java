package io.amebobridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyBudgetTest extends ServerTest {
  @Test
  void whoAnnouncesMuchAndSendsLittleHoldsNothing() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        open.add(announce(32 << 20));
      }
      assertThat(Wire.anonymous(server).post("/v1/events", large("s")).status()).isEqualTo(201);
      assertThat(answered(open)).isZero();
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void strangersWhoSendMuchAreBoundedAndHarmNobody() throws Exception {
    List<Socket> open = new ArrayList<>();
    boolean broken = false;
    try {
      for (int i = 0; i < 4; i++) {
        Socket socket = announce(32 << 20);
        open.add(socket);
        try {
          socket.getOutputStream().write(new byte[20 << 20]); // 80 of the 64 MiB of an address
        } catch (SocketException e) {
          broken = true; // closed while it sent
        }
      }
      boolean refused = broken;
      await().until(() -> refused || answered(open) > 0);
      publish("mine", "{\"id\":1,\"email\":\"" + "x".repeat(100_000) + "\"}");
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    // What they held is free again.
    await().until(() -> Wire.anonymous(server).post("/v1/events", large("s")).status() == 201);
  }

  private static String large(String deduper) {
    String payload = "{\"id\":1,\"email\":\"" + "x".repeat(100_000) + "\"}";
    return Fixture.event("user.created", deduper, payload)
        .replace("{\"action\"", "{\"secret\":\"" + Fixture.SECRET + "\",\"action\"");
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
