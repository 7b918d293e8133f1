package io.amebobridge.server.delivery;

import io.amebobridge.server.security.AddressGuard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Resolves receivers and refuses what may not be dialled. Thread-safe. */
final class Addresses {
  private static final long FRESH_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int LOOKUPS = 16;
  private final Vertx vertx;
  // Its own threads: a name server that hangs must not hold up reads and deliveries to others.
  private final WorkerExecutor lookups;
  private final AddressGuard guard;
  private final Resolver resolver;
  private final Map<String, Future<InetAddress>> underWay = new ConcurrentHashMap<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** Asks the name service; may block. */
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  private record Known(InetAddress address, long at) {}

  /** Thrown where the guard refuses. */
  static final class Forbidden extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Forbidden(String message) {
      super(message, null, false, false);
    }
  }

  Addresses(Vertx vertx, AddressGuard guard) {
    this(vertx, guard, host -> List.of(InetAddress.getAllByName(host)));
  }

  Addresses(Vertx vertx, AddressGuard guard, Resolver resolver) {
    this.vertx = vertx;
    this.lookups = vertx.createSharedWorkerExecutor("amebo-names", LOOKUPS);
    this.guard = guard;
    this.resolver = resolver;
  }

  /** An address that may be dialled; remembered for half a minute. */
  Future<InetAddress> resolve(String host) {
    Known found = known.get(host);
    if (found != null && System.nanoTime() - found.at < FRESH_NANOS) {
      return Future.succeededFuture(found.address);
    }
    Promise<InetAddress> ours = Promise.promise();
    Future<InetAddress> shared = underWay.putIfAbsent(host, ours.future());
    if (shared != null) {
      return onCaller(shared);
    }
    lookups
        .executeBlocking(() -> lookUp(host), false)
        .onComplete(
            done -> {
              underWay.remove(host);
              ours.handle(done);
            });
    return onCaller(ours.future());
  }

  /** Another driver may have asked: the answer comes on the event loop of each. */
  private Future<InetAddress> onCaller(Future<InetAddress> shared) {
    Promise<InetAddress> own = ((ContextInternal) vertx.getOrCreateContext()).promise();
    shared.onComplete(own);
    return own.future();
  }

  /** After a failed call: the next one asks again, and may get another address. */
  void forget(String host) {
    known.remove(host);
  }

  private InetAddress lookUp(String host) throws Exception {
    List<InetAddress> all = resolver.resolve(host);
    InetAddress open =
        all.stream()
            .filter(guard::allows)
            .findFirst()
            .orElseThrow(() -> new Forbidden(guard.refusal(host, all.get(0))));
    known.put(host, new Known(open, System.nanoTime()));
    return open;
  }
}
