package io.amebobridge.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The token of our server: renewed before it expires; all callers share one request. */
final class Tokens {
  /** A token as received. Never printed. */
  private record Token(String value, Instant renewAt) {
    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  private final HttpTransport http;
  private final Credentials credentials;
  private final InstantSource clock;
  private @Nullable CompletableFuture<Token> current;

  Tokens(HttpTransport http, Credentials credentials, InstantSource clock) {
    this.http = http;
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Makes a call with a token; a 401 is answered once with a new token, since the server may have
   * forgotten the old one. A second 401 is the caller's to judge.
   */
  CompletableFuture<HttpAnswer> with(Function<String, CompletableFuture<HttpAnswer>> call) {
    CompletableFuture<Token> used = current();
    return used.thenCompose(
        token ->
            call.apply(token.value)
                .thenCompose(
                    answer -> {
                      if (answer.status() != 401) return CompletableFuture.completedFuture(answer);
                      forget(used);
                      return current().thenCompose(renewed -> call.apply(renewed.value));
                    }));
  }

  /** Fails with Denied where the credentials are wrong. */
  CompletableFuture<Void> check() {
    return current().thenAccept(token -> {});
  }

  private synchronized CompletableFuture<Token> current() {
    CompletableFuture<Token> known = current;
    if (known != null && !stale(known)) return known;
    CompletableFuture<Token> fresh = request(http, credentials, clock);
    current = fresh;
    return fresh;
  }

  private boolean stale(CompletableFuture<Token> token) {
    if (!token.isDone()) return false;
    return token.isCompletedExceptionally() || !clock.instant().isBefore(token.join().renewAt);
  }

  /** Whoever comes second with the same old token finds it gone already and shares the new one. */
  private synchronized void forget(CompletableFuture<Token> used) {
    if (current == used) current = null;
  }

  /** Whether our server gives these credentials a token; fails with Denied where not. */
  static CompletableFuture<Void> check(HttpTransport http, Credentials credentials) {
    return request(http, credentials, InstantSource.system()).thenAccept(token -> {});
  }

  private static CompletableFuture<Token> request(
      HttpTransport http, Credentials credentials, InstantSource clock) {
    Instant asked = clock.instant();
    return http.post("v1/tokens", JsonBody.of(body(credentials)), null)
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(nothingStored(e)))
        .thenApply(answer -> token(answer, asked));
  }

  /** A token request that was cut changes nothing, so for the caller it is no unknown outcome. */
  private static Throwable nothingStored(Throwable e) {
    Throwable cause = Blocking.unwrap(e);
    return cause instanceof AmeboException.OutcomeUnknown
        ? new AmeboException.Unavailable("No token: " + cause.getMessage(), null, cause)
        : cause;
  }

  private static Token token(HttpAnswer answer, Instant asked) {
    JsonNode json = answer.json();
    if (!answer.ok() && answer.status() != 202) throw refused(answer);
    JsonNode token = json == null ? null : json.get("token");
    if (token == null || !token.isString()) {
      throw new AmeboException.Refused(
          "Getting a token at " + answer.origin() + ": the answer has no token", answer.status());
    }
    JsonNode expires = json.get("expires_in");
    Duration life =
        expires != null && expires.isNumber()
            ? Duration.ofSeconds(Math.max(0, Math.min(expires.asLong(), 366L * 24 * 3600)))
            : Duration.ofDays(1);
    // A tenth of its life, at most a minute, is left for clocks that differ and calls under way.
    Duration margin = life.dividedBy(10);
    if (margin.compareTo(Duration.ofMinutes(1)) > 0) margin = Duration.ofMinutes(1);
    return new Token(token.stringValue(), asked.plus(life).minus(margin));
  }

  /** Any 4xx is about the credentials, and must not be taken for one about the events sent. */
  private static AmeboException refused(HttpAnswer answer) {
    AmeboException failure = answer.failure("Getting a token");
    return failure instanceof AmeboException.Refused && answer.status() / 100 == 4
        ? new AmeboException.Denied(failure.getMessage() + "; check the name and the secret")
        : failure;
  }

  private static byte[] body(Credentials credentials) {
    return Json.object(
        g -> {
          if (credentials instanceof Credentials.User user) {
            g.writeStringProperty("username", user.username());
            g.writeStringProperty("password", user.password().reveal());
          } else if (credentials instanceof Credentials.Application app) {
            g.writeStringProperty("application", app.application());
            g.writeStringProperty("secret", app.secret().reveal());
          }
          g.writeStringProperty("scheme", "bearer");
        });
  }
}
