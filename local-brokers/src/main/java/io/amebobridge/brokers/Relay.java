package io.amebobridge.brokers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP relay between client and broker that breaks connections on demand. Its port stays the same,
 * so that clients reconnect to the same address. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;
  private static final long NO_CUT = Long.MAX_VALUE;

  private final int port;
  private final InetSocketAddress target;
  private final Set<Socket> live = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUntilCut = new AtomicLong(NO_CUT);
  private volatile @Nullable ServerSocket server;
  private volatile boolean stalled;
  private volatile boolean losingAnswers;
  private volatile long latencyMillis;

  /** A relay on any free port. */
  public Relay(InetSocketAddress target) throws IOException {
    this(FreePorts.next(), target);
  }

  Relay(int port, InetSocketAddress target) throws IOException {
    this.port = port;
    this.target = target;
    accept();
  }

  /** Where clients connect to. */
  public String endpoint() {
    return "127.0.0.1:" + port;
  }

  /** Listens again after {@link #refuse()}. */
  public synchronized void accept() throws IOException {
    if (server != null && !server.isClosed()) return;
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server = socket;
    daemon(() -> acceptUntilClosed(socket));
  }

  /** From now on connections are refused, and those there were are reset. */
  public synchronized void refuse() throws IOException {
    if (server != null) server.close();
    cut();
  }

  /** Resets all connections; new ones are accepted. */
  public void cut() {
    for (Socket socket : live) reset(socket);
    live.clear();
  }

  /** Resets all connections once so many more bytes have passed: in the middle of a frame. */
  public void cutAfter(long bytes) {
    bytesUntilCut.set(bytes);
  }

  /** Open but silent: no byte passes, and nobody is told. */
  public void stall(boolean on) {
    stalled = on;
  }

  /** What the client sends arrives; in place of an answer its connection is reset. */
  public void loseAnswers(boolean on) {
    losingAnswers = on;
  }

  /** Added to every read, in milliseconds. */
  public void latency(long millis) {
    latencyMillis = millis;
  }

  @Override
  public void close() throws IOException {
    refuse();
  }

  private void acceptUntilClosed(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        connect(socket.accept(), socket);
      } catch (IOException closedOrRefused) {
        // the loop's condition tells which
      }
    }
  }

  private void connect(Socket in, ServerSocket acceptedBy) throws IOException {
    Socket out = new Socket();
    try {
      out.connect(target, 2_000);
      in.setTcpNoDelay(true);
      out.setTcpNoDelay(true);
    } catch (IOException e) {
      reset(in);
      reset(out);
      throw e;
    }
    live.add(in);
    live.add(out);
    if (acceptedBy.isClosed()) { // an accept under way may outlive the close
      reset(in);
      reset(out);
    }
    daemon(() -> copy(in, out, false));
    daemon(() -> copy(out, in, true));
  }

  private void copy(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[BUFFER];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (latencyMillis > 0) TimeUnit.MILLISECONDS.sleep(latencyMillis);
        while (stalled && !to.isClosed()) TimeUnit.MILLISECONDS.sleep(5);
        if (bytesUntilCut.get() != NO_CUT && bytesUntilCut.addAndGet(-n) < 0) {
          bytesUntilCut.set(NO_CUT);
          cut();
          return;
        }
        if (answers && losingAnswers) {
          reset(to);
          return;
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException reset) {
      // closing the other side tells it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      live.remove(from);
      live.remove(to);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException closedAlready) {
      // what was wanted
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }
}
