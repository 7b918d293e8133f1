package io.amebobridge.server.http;

import io.amebobridge.server.HttpSettings;
import io.amebobridge.server.registry.Refusal;
import io.amebobridge.server.security.Principal;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;

/** How much each client may do; shared by all instances that serve HTTP. Thread-safe. */
public final class Limits {
  private final Buckets requests;
  private final Buckets events;
  private static final String GUESS = "guess";
  private final Guesses passwords;
  private final Guesses secrets;
  private final InstantSource clock;

  public Limits(HttpSettings settings, InstantSource clock) {
    this.requests = new Buckets(settings.requests(), System::nanoTime);
    this.events = new Buckets(settings.events(), System::nanoTime);
    this.passwords = new Guesses(settings.logins(), System::nanoTime);
    this.secrets = new Guesses(settings.logins(), System::nanoTime);
    this.clock = clock;
  }

  /** Counts a request, or refuses it. */
  void request(Exchange exchange) {
    take(exchange, requests, "requests");
  }

  /** Counts an event, or refuses it. */
  void event(Exchange exchange) {
    take(exchange, events, "events");
  }

  /** Counts a batch's other events, which are known once it is read. */
  void moreEvents(Exchange exchange, int more) {
    if (events.isOn()) {
      events.charge(client(exchange), more);
    }
  }

  private void take(Exchange exchange, Buckets buckets, String what) {
    boolean counted = exchange.context().get(what) != null; // a route may be asked twice
    if (!buckets.isOn() || counted) {
      return;
    }
    exchange.context().put(what, true);
    Buckets.State state = buckets.take(client(exchange));
    describe(exchange.context().response(), state);
    if (!state.allowed()) {
      throw tooMany(exchange.context(), state, what + " - more than its limit allows");
    }
  }

  /** Counts a login with a password as failed, until it is taken back, or refuses it. */
  Guesses.Guess password(RoutingContext context, String name) {
    return guess(passwords, context, name, "username");
  }

  /** The same for an application's: they are many and cheap, and must not crowd out the others. */
  Guesses.Guess secret(RoutingContext context, String name) {
    return guess(secrets, context, name, "application");
  }

  private static Guesses.Guess guess(
      Guesses guesses, RoutingContext context, String name, String field) {
    Guesses.Guess before = context.get(GUESS);
    if (before != null) {
      return before; // the same request, looked at again: it is charged once
    }
    Guesses.Guess guess = guesses.take(address(context), name);
    if (!guess.state().allowed()) {
      throw tooMany(context, guess.state(), field + " - too many failed logins");
    }
    context.put(GUESS, guess);
    return guess;
  }

  private static Refusal tooMany(RoutingContext context, Buckets.State state, String text) {
    long seconds = Math.max(1, state.untilNext());
    context.response().putHeader("Retry-After", String.valueOf(seconds));
    return new Refusal(429, text + "; try again in " + seconds + " s");
  }

  /** The IETF's draft headers, and those that upstream documents. */
  private void describe(HttpServerResponse response, Buckets.State state) {
    String limit = String.valueOf(state.limit());
    String remaining = String.valueOf(state.remaining());
    response
        .putHeader("RateLimit-Limit", limit)
        .putHeader("RateLimit-Remaining", remaining)
        .putHeader("RateLimit-Reset", String.valueOf(state.untilFull()))
        .putHeader("X-RateLimit-Limit", limit)
        .putHeader("X-RateLimit-Remaining", remaining)
        .putHeader(
            "X-RateLimit-Reset",
            String.valueOf(clock.instant().getEpochSecond() + state.untilFull()));
  }

  private static String client(Exchange exchange) {
    Optional<Principal> known;
    try {
      known = exchange.bearer();
    } catch (Refusal e) {
      known = Optional.empty(); // a wrong token counts for the address
    }
    return known
        .map(p -> p instanceof Principal.Application a ? "application " + a.name() : "admin")
        .orElseGet(() -> address(exchange.context()));
  }

  /** An IPv6 client has at least a /64 to choose its addresses from. */
  static String address(RoutingContext context) {
    SocketAddress remote = context.request().remoteAddress();
    String text = remote == null ? "" : String.valueOf(remote.hostAddress());
    if (text.indexOf(':') < 0) {
      return text;
    }
    try {
      String literal = text.contains("%") ? text.substring(0, text.indexOf('%')) : text;
      InetAddress address = InetAddress.getByName(literal);
      return address instanceof Inet6Address
          ? HexFormat.of().formatHex(address.getAddress(), 0, 8) + "/64"
          : text;
    } catch (UnknownHostException e) {
      return text;
    }
  }
}
