package io.amebobridge.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Receives webhooks and answers 200 as cheaply as it can. A body that has a {@code
 * "due":<nanoTime>} above 0 is timed. Thread-safe.
 */
final class Sink implements AutoCloseable {
  private static final Buffer OK = Buffer.buffer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] DUE = "\"due\":".getBytes(StandardCharsets.UTF_8);
  private final NetServer server;
  final LongAdder received = new LongAdder();
  volatile ConcurrentHistogram delivered = histogram();

  Sink(Vertx vertx) throws Exception {
    server = vertx.createNetServer();
    server.connectHandler(Line::new);
    server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
  }

  static ConcurrentHistogram histogram() {
    return new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(10), 3);
  }

  int port() {
    return server.actualPort();
  }

  /** Waits until so many calls were received in all. */
  void await(long count, long limitSeconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    while (received.sum() < count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(received.sum() + " of " + count + " were delivered");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Line {
    private final NetSocket socket;
    private Buffer held = Buffer.buffer();

    Line(NetSocket socket) {
      this.socket = socket;
      socket.handler(this::received);
    }

    private void received(Buffer part) {
      Buffer all = held.length() == 0 ? part : held.appendBuffer(part);
      int from = 0;
      for (int end = Answers.headerEnd(all, from); end >= 0; end = Answers.headerEnd(all, from)) {
        int next = end + 4 + Answers.contentLength(all, from, end);
        if (next > all.length()) {
          break;
        }
        time(all, end + 4, next);
        received.increment();
        socket.write(OK);
        from = next;
      }
      held = Buffer.buffer();
      if (from < all.length()) {
        held.appendBuffer(all, from, all.length() - from);
      }
    }

    private void time(Buffer all, int from, int to) {
      for (int i = from; i + DUE.length < to; i++) {
        if (all.getByte(i + 1) == 'd' && matches(all, i)) {
          long due = 0;
          for (int d = i + DUE.length; Character.isDigit(all.getByte(d)); d++) {
            due = due * 10 + all.getByte(d) - '0';
          }
          if (due > 0) {
            delivered.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
          }
          return;
        }
      }
    }

    private boolean matches(Buffer all, int at) {
      for (int i = 0; i < DUE.length; i++) {
        if (all.getByte(at + i) != DUE[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
