package io.amebobridge.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Finds out what stands at the other end; asked until it is known, then remembered. */
final class Detection {
  private final HttpTransport http;
  private @Nullable CompletableFuture<ServerStatus> current;

  Detection(HttpTransport http) {
    this.http = http;
  }

  synchronized CompletableFuture<ServerStatus> status() {
    CompletableFuture<ServerStatus> known = current;
    if (known == null || known.isCompletedExceptionally()) {
      known = ask();
      current = known;
    }
    return known;
  }

  private CompletableFuture<ServerStatus> ask() {
    return http.get(http.url("v1/status").build(), null).thenCompose(this::read);
  }

  private CompletableFuture<ServerStatus> read(HttpAnswer answer) {
    JsonNode json = answer.json();
    if (answer.status() == 200
        && json != null
        && "amebo-bridge".equals(json.path("kind").asString(""))) {
      return CompletableFuture.completedFuture(
          new ServerStatus(
              ServerStatus.Kind.AMEBO_BRIDGE,
              json.path("version").asString("unknown"),
              json.path("maxPayloadBytes").asLong(0)));
    }
    boolean missing = answer.status() == 404 || answer.status() == 405;
    if (!missing && answer.status() != 200) throw answer.failure("Asking for the status");
    return isUpstream(answer);
  }

  /** Anything can answer 404: only a list of applications shows that it is an Amebo server. */
  private CompletableFuture<ServerStatus> isUpstream(HttpAnswer status) {
    return http.get(http.url("v1/applications").build(), null)
        .thenApply(
            answer -> {
              if (answer.status() >= 500) throw answer.failure("Listing the applications");
              JsonNode json = answer.status() == 200 ? answer.json() : null;
              if (json == null || !json.isArray()) {
                throw new AmeboException.Refused(
                    "No Amebo server at "
                        + http.base()
                        + ": /v1/status gave "
                        + status.status()
                        + " and /v1/applications gave "
                        + answer.status()
                        + "; check the URL",
                    status.status());
              }
              return new ServerStatus(ServerStatus.Kind.UPSTREAM, null, 0);
            });
  }
}
