package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.amebobridge.core.SourceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection, and how it comes again when it is lost. The client's own recovery is off.
 * Confined to the pump's thread, which never waits for the broker after {@link #open()}.
 */
final class Link {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  private final LinkSettings settings;
  private final RabbitErrors errors;
  private final Consumer<Connection> watch;
  private final Runnable wake;
  private final Retry retry;
  private @Nullable Connection connection;
  private @Nullable CompletableFuture<Connection> connecting;
  private @Nullable String away;
  private long connectingSince;
  private @Nullable Long failedAttempt;

  Link(RabbitSettings settings, HandOver handOver) {
    this(settings.link(), connection -> {}, handOver::wake);
  }

  /**
   * A link to one broker, not yet connected.
   *
   * @param watch is shown each new connection, before anybody uses it and on another thread
   * @param wake called from any thread when {@link #step()} has something to do
   */
  Link(LinkSettings settings, Consumer<Connection> watch, Runnable wake) {
    this.settings = settings;
    this.watch = watch;
    this.wake = wake;
    errors = new RabbitErrors(settings);
    retry = new Retry(LOG, settings.name() + ": RabbitMQ at " + settings.address() + " is away");
  }

  /** Waits for the connection, or for the reason why there is none. */
  Connection open() throws SourceException, InterruptedException {
    CompletableFuture<Connection> future = connect();
    connecting = future;
    try {
      Connection made = future.get();
      connecting = null;
      connection = made;
      return made;
    } catch (ExecutionException e) {
      connecting = null;
      throw errors.ofConnecting(e);
    }
  }

  private CompletableFuture<Connection> connect() {
    connectingSince = System.nanoTime();
    CompletableFuture<Connection> future =
        Background.call(
            "connect-" + settings.name(),
            () -> {
              ConnectionFactory factory =
                  ClientOptions.factory(settings.client(), settings.connectTimeout());
              Connection made =
                  factory.newConnection(
                      ClientOptions.addresses(settings.client()),
                      "amebo-bridge " + settings.name());
              made.addShutdownListener(signal -> wake.run());
              watch.accept(made);
              return made;
            });
    var unused = future.whenComplete((made, failure) -> wake.run());
    return future;
  }

  /** Null while there is none; then {@link #step()} sees to it. */
  @Nullable Connection get() {
    return connection != null && connection.isOpen() ? connection : null;
  }

  /** Why there is no connection, for people; null: there is one. */
  @Nullable String away() {
    return away;
  }

  void step() throws SourceException {
    if (connection != null && !connection.isOpen()) {
      lost(RabbitErrors.reason(connection.getCloseReason()));
      connection = null;
    }
    if (connecting != null && connecting.isDone()) adopt(connecting);
    if (connection == null && connecting == null && retry.isDue()) connecting = connect();
  }

  private void adopt(CompletableFuture<Connection> done) throws SourceException {
    connecting = null;
    try {
      connection = done.join();
      away = null;
      retry.over();
    } catch (CompletionException e) {
      SourceException failure = errors.ofConnecting(e);
      failedAttempt = connectingSince;
      lost(String.valueOf(failure.getMessage()));
      if (!failure.temporary()) throw failure;
    }
  }

  private void lost(String why) {
    away = why;
    retry.failed(why);
  }

  /** When the last attempt began that failed, in the clock's nanoseconds; null: none has. */
  @Nullable Long failedAttempt() {
    return failedAttempt;
  }

  /** Gives up this connection, which is of no use any more; {@link #step()} makes another. */
  void drop(String why) {
    abort();
    lost(why);
  }

  /** Gives up whatever there is or still comes; does not wait. */
  void abort() {
    if (connecting != null) {
      var unused = connecting.thenAccept(late -> late.abort(0));
      connecting = null;
    }
    Connection now = connection;
    connection = null;
    if (now != null) {
      var unused =
          Background.call(
              "disconnect-" + settings.name(),
              () -> {
                now.abort(1_000);
                return now;
              });
    }
  }
}
