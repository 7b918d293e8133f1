package io.amebobridge.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends prepared HTTP/1.1 requests over keep-alive connections, one at a time on each, as cheaply
 * as it can: it shares two cores with what it measures. Thread-safe.
 */
final class HttpLoad implements AutoCloseable {
  private final NetClient client;
  private final List<Line> lines;
  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  private volatile String lastRefusal = "";

  HttpLoad(Vertx vertx, int port, int connections) throws Exception {
    client = vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true));
    List<Future<Line>> opened = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      opened.add(client.connect(port, "127.0.0.1").map(Line::new));
    }
    Future.all(opened).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    lines = opened.stream().map(Future::result).toList();
  }

  /** Every connection sends again as soon as it is answered. Returns the answers per second. */
  double closedLoop(Duration time, Supplier<Buffer> request) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long before = accepted.sum();
    long began = System.nanoTime();
    AtomicLong open = new AtomicLong(lines.size());
    for (Line line : lines) {
      line.repeat(request, end, open::decrementAndGet);
    }
    while (open.get() > 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    check();
    return (accepted.sum() - before) / ((System.nanoTime() - began) / 1e9);
  }

  /** Sends each prepared request once and waits for all answers. */
  void once(List<Buffer> requests) throws InterruptedException {
    Queue<Buffer> left = new ConcurrentLinkedQueue<>(requests);
    AtomicLong open = new AtomicLong(lines.size());
    for (Line line : lines) {
      line.repeat(left::poll, Long.MAX_VALUE, open::decrementAndGet);
    }
    while (open.get() > 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    check();
  }

  /**
   * Sends at a fixed rate, whatever the answers do. Times count from when a request was due, so
   * that a stall counts for all that had to wait behind it.
   *
   * @param request is given its due time in System.nanoTime
   * @param answered receives microseconds from due to answered
   */
  void openLoop(
      Duration time,
      int perSecond,
      java.util.function.LongFunction<Buffer> request,
      ConcurrentHistogram answered)
      throws InterruptedException {
    Queue<Line> free = new ConcurrentLinkedQueue<>(lines);
    Queue<Long> waiting = new ArrayDeque<>();
    long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = System.nanoTime() + gap;
    long end = due + time.toNanos();
    while (due < end || !waiting.isEmpty() || free.size() < lines.size()) {
      long now = System.nanoTime();
      for (; due <= now && due < end; due += gap) {
        waiting.add(due);
      }
      Line line = waiting.isEmpty() ? null : free.poll();
      if (line == null) {
        TimeUnit.MICROSECONDS.sleep(100);
        continue;
      }
      long at = waiting.remove();
      line.send(
          request.apply(at),
          () -> {
            answered.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - at));
            free.add(line);
          });
    }
    check();
  }

  private void check() {
    if (refused.sum() > 0) {
      throw new IllegalStateException(refused.sum() + " requests were refused: " + lastRefusal);
    }
  }

  @Override
  public void close() {
    lines.forEach(line -> line.socket.close());
    client.close();
  }

  /** One connection. Its callbacks run on its event loop. */
  private final class Line {
    private final NetSocket socket;
    private final Answers answers = new Answers();
    private volatile @Nullable Runnable done;

    Line(NetSocket socket) {
      this.socket = socket;
      socket.handler(this::received);
    }

    void send(Buffer request, Runnable whenDone) {
      done = whenDone;
      socket.write(request);
    }

    void repeat(Supplier<@Nullable Buffer> request, long end, Runnable finished) {
      Buffer next = System.nanoTime() < end ? request.get() : null;
      if (next == null) {
        finished.run();
      } else {
        send(next, () -> repeat(request, end, finished));
      }
    }

    private void received(Buffer part) {
      int status = answers.add(part);
      if (status == 0) {
        return;
      }
      if (status < 300) {
        accepted.increment();
      } else {
        refused.increment();
        lastRefusal = "HTTP status " + status;
      }
      Runnable call = done;
      if (call != null) {
        call.run();
      }
    }
  }
}
