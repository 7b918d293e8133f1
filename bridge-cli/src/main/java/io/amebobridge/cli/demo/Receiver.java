package io.amebobridge.cli.demo;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.BitSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The email-service of the migration guide: a real webhook endpoint that remembers which of the
 * numbered events it was given. Thread-safe.
 */
public final class Receiver implements AutoCloseable {
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

  private final Vertx vertx;
  private final HttpServer server;
  private final BitSet seen = new BitSet();
  private final int failEvery;
  private long calls;
  private long repeated;
  private long unreadable;

  /**
   * Listens on a port of its own.
   *
   * @param failEvery answers 503 to every so many calls; 0 never
   */
  public static Receiver start(int failEvery)
      throws InterruptedException, ExecutionException, TimeoutException {
    return new Receiver(failEvery);
  }

  private Receiver(int failEvery)
      throws InterruptedException, ExecutionException, TimeoutException {
    this.failEvery = failEvery;
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.bodyHandler(body -> take(request, body)))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  private void take(HttpServerRequest request, Buffer body) {
    request.response().setStatusCode(count(body) ? 204 : 503).end();
  }

  private synchronized boolean count(Buffer body) {
    if (failEvery > 0 && ++calls % failEvery == 0) return false;
    Matcher m = SEQ.matcher(body.toString());
    if (!m.find()) {
      unreadable++;
    } else {
      int seq = Integer.parseInt(m.group(1));
      if (seen.get(seq)) repeated++;
      seen.set(seq);
    }
    return true;
  }

  /** The application's address for Amebo. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** How many different events it has. */
  public synchronized int distinct() {
    return seen.cardinality();
  }

  /** The numbers it has. */
  public synchronized BitSet seen() {
    return (BitSet) seen.clone();
  }

  /** Calls for an event it had already: webhooks are at-least-once. */
  public synchronized long repeated() {
    return repeated;
  }

  /** Calls whose body it could not read. */
  public synchronized long unreadable() {
    return unreadable;
  }

  @Override
  public void close() {
    var unused = vertx.close();
  }
}
