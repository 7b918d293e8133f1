package io.amebobridge.aws;

import io.amebobridge.core.SourceException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.BindException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server that SNS posts to, on one event loop. Bounded in connections, in bytes being
 * received, and in how long a connection may go on without a whole request. Opened and closed by
 * the pump's thread.
 */
final class SnsDoor {
  /** 256 KiB of a message, each byte escaped as six, and the envelope around it. */
  static final int MOST_BODY = 2 << 20;

  /** By which {@code check} knows a bridge. */
  static final String SERVER = "amebo-bridge";

  private static final Logger LOG = LoggerFactory.getLogger(SnsDoor.class);
  private static final long MOST_RECEIVING = 32L << 20;
  private static final int IDLE_SECONDS = 60;
  private static final long CLOSE_SECONDS = 3;

  /**
   * With those who send slowly.
   *
   * @param body from a request's head to its end
   * @param withoutRequest how long a connection may be without a whole head, or between two
   */
  record Patience(Duration body, Duration withoutRequest) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(20));
  }

  private final SnsSettings settings;
  private final Patience patience;
  private final SnsInbox inbox;
  private final ReceivePost receive;
  private @Nullable Vertx vertx;
  private @Nullable HttpServer server;

  // On the event loop only.
  private int connections;
  private long receiving;
  private final IdentityHashMap<HttpConnection, Progress> progress = new IdentityHashMap<>();

  SnsDoor(SnsSettings settings, Patience patience, SnsInbox inbox, ReceivePost receive) {
    this.settings = settings;
    this.patience = patience;
    this.inbox = inbox;
    this.receive = receive;
  }

  SnsSettings settings() {
    return settings;
  }

  Patience patience() {
    return patience;
  }

  SnsInbox inbox() {
    return inbox;
  }

  ReceivePost receive() {
    return receive;
  }

  /** False where too much is being received. */
  boolean charge(int bytes) {
    if (receiving + bytes > MOST_RECEIVING) return false;
    receiving += bytes;
    return true;
  }

  void release(int bytes) {
    receiving -= bytes;
  }

  void open() throws SourceException, InterruptedException {
    Vertx made =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    vertx = made;
    try {
      HttpServer made2 = made.createHttpServer(options());
      server = made2;
      made2.connectionHandler(this::connected).requestHandler(this::requested);
      var unused =
          made2.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
      LOG.info("{}: SNS is to post to {}{}", settings.name(), settings.listen(), settings.path());
    } catch (ExecutionException e) {
      close();
      throw listening(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException | RuntimeException e) {
      close();
      throw listening(e);
    } catch (InterruptedException e) {
      close();
      throw e;
    }
  }

  private SourceException listening(Throwable cause) {
    String why = "%s.listen: can't listen at %s: %s";
    String text = why.formatted(settings.place(), settings.listen(), cause.getMessage());
    return cause instanceof BindException
        ? SourceException.temporary(text, cause)
        : SourceException.permanent(text, cause);
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setHttp2ClearTextEnabled(false) // else a connection counts with its first byte only
            .setIdleTimeout(IDLE_SECONDS)
            .setMaxHeaderSize(16 << 10)
            .setMaxInitialLineLength(4 << 10)
            .setTcpNoDelay(true);
    SnsSettings.Tls tls = settings.tls();
    if (tls == null) return options;
    return options
        .setSsl(true)
        .setUseAlpn(false)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.key().toString()));
  }

  /** What one connection does now. On its event loop. */
  private static final class Progress {
    int underWay;
    long since = System.nanoTime();
  }

  private void connected(HttpConnection connection) {
    Vertx owner = Objects.requireNonNull(vertx);
    if (++connections > settings.maxConnections()) {
      connection.closeHandler(gone -> connections--);
      connection.close();
      return;
    }
    Progress own = new Progress();
    progress.put(connection, own);
    long limit = patience.withoutRequest().toNanos();
    long watch =
        owner.setPeriodic(
            Math.max(1, patience.withoutRequest().toMillis() / 4),
            now -> {
              boolean idle = System.nanoTime() - own.since > limit;
              if (own.underWay == 0 && idle) connection.close();
            });
    connection.closeHandler(
        gone -> {
          connections--;
          owner.cancelTimer(watch);
          progress.remove(connection);
        });
  }

  private void requested(HttpServerRequest request) {
    Progress own = progress.get(request.connection());
    if (own != null) {
      own.underWay++;
      request
          .response()
          .endHandler(
              sent -> {
                own.underWay--;
                own.since = System.nanoTime();
              });
    }
    Context context = Objects.requireNonNull(Vertx.currentContext());
    new HeldPost(context, this, request).read();
  }

  /** Answers that were given are sent, within a few seconds. */
  void close() {
    boolean interrupted = Thread.interrupted();
    try {
      HttpServer listening = server;
      if (listening != null) end(listening.shutdown(CLOSE_SECONDS, TimeUnit.SECONDS));
    } finally {
      Vertx owner = vertx;
      if (owner != null) end(owner.close());
      server = null;
      vertx = null;
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private void end(Future<?> future) {
    try {
      var unused =
          future.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS + 1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{}: closing: {}", settings.name(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
