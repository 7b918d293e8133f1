package io.amebobridge.server.delivery;

import io.amebobridge.server.security.AddressGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Resolves receivers and refuses what may not be dialled. Thread-safe. */
final class Addresses {
  private static final long FRESH_NANOS = Duration.ofSeconds(30).toNanos();
  private final Vertx vertx;
  private final AddressGuard guard;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(InetAddress address, long at) {}

  /** Thrown where the guard refuses. */
  static final class Forbidden extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Forbidden(String message) {
      super(message, null, false, false);
    }
  }

  Addresses(Vertx vertx, AddressGuard guard) {
    this.vertx = vertx;
    this.guard = guard;
  }

  /** An address that may be dialled; remembered for half a minute. */
  Future<InetAddress> resolve(String host) {
    Known found = known.get(host);
    if (found != null && System.nanoTime() - found.at < FRESH_NANOS) {
      return Future.succeededFuture(found.address);
    }
    return vertx.executeBlocking(() -> lookUp(host), false);
  }

  /** After a failed call: the next one asks again, and may get another address. */
  void forget(String host) {
    known.remove(host);
  }

  private InetAddress lookUp(String host) throws Exception {
    List<InetAddress> all = List.of(InetAddress.getAllByName(host));
    InetAddress open =
        all.stream()
            .filter(guard::allows)
            .findFirst()
            .orElseThrow(() -> new Forbidden(guard.refusal(host, all.get(0))));
    known.put(host, new Known(open, System.nanoTime()));
    return open;
  }
}
