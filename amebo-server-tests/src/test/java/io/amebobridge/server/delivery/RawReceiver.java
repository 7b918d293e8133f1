package io.amebobridge.server.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver of plain bytes, which may answer what no HTTP server would. */
final class RawReceiver implements AutoCloseable {
  private static final int PACE_MILLIS = 20;
  private final ServerSocket server;
  private final Behaviour behaviour;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger connections = new AtomicInteger();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger endings = new AtomicInteger();

  /** What happens to one connection; it is closed afterwards. */
  interface Behaviour {
    void on(Connection connection) throws IOException;
  }

  /** One connection. Confined to its thread. */
  final class Connection {
    private final Socket socket;

    Connection(Socket socket) {
      this.socket = socket;
    }

    /** Reads one request; false where the caller hung up. */
    boolean request() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        head.append((char) next);
      }
      int length = length(head.toString());
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      requests.add(head + body);
      return true;
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Waits a little; false once the caller hung up. */
    boolean pause() throws IOException {
      socket.setSoTimeout(PACE_MILLIS);
      try {
        return socket.getInputStream().read() >= 0;
      } catch (SocketTimeoutException e) {
        return true;
      }
    }

    /** Does nothing until the caller hangs up. */
    void stall() throws IOException {
      while (pause()) {}
    }

    /** Answers every request on this connection alike. */
    void always(String answer) throws IOException {
      while (request()) {
        write(answer);
      }
    }
  }

  static RawReceiver on(String address, int port, Behaviour behaviour) throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 100);
    return new RawReceiver(server, behaviour);
  }

  static RawReceiver of(Behaviour behaviour) throws IOException {
    return on("127.0.0.1", 0, behaviour);
  }

  RawReceiver(ServerSocket server, Behaviour behaviour) {
    this.server = server;
    this.behaviour = behaviour;
    threads.execute(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      behaviour.on(new Connection(socket));
    } catch (SocketException e) {
      // the caller hung up
    } catch (IOException e) {
      // a TLS handshake that was refused
    } finally {
      endings.incrementAndGet();
    }
  }

  private static int length(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** Connections that are over, from either side. */
  int endings() {
    return endings.get();
  }

  /** Head and body of each. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Hangs up on everyone. */
  void stop() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
