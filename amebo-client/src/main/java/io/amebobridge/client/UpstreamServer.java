package io.amebobridge.client;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Publishes to an upstream server, which says 500 for much that is no failure. */
final class UpstreamServer {
  private static final Set<Integer> REJECTIONS = Set.of(406, 409, 413, 422);

  /**
   * It has deduper and payload in a unique index, whose rows PostgreSQL limits to about 2.7 kB
   * after compression. A size alone proves nothing: larger ones may fit.
   */
  private static final int INDEX_LIMIT = 2600;

  /** PostgreSQL's words for it, where a server passes them on. */
  private static final Pattern INDEX_ERROR =
      Pattern.compile("index row (size \\d+ exceeds|requires \\d+ bytes)");

  private static final String TOO_LARGE =
      "an upstream server can't store payloads over about 2.7 kB (its unique index has them);"
          + " map a smaller payload or use the server of amebo-bridge";

  private final HttpTransport http;
  private final Credentials credentials;
  private final InstantSource clock;

  UpstreamServer(HttpTransport http, Credentials credentials, InstantSource clock) {
    this.http = http;
    this.credentials = credentials;
    this.clock = clock;
  }

  /** Who publishes, and with which secret. */
  Credentials.Application application() {
    if (credentials instanceof Credentials.Application app) return app;
    throw new AmeboException.Denied(
        "Publishing to "
            + http.base().host()
            + ": an upstream Amebo server takes an application's secret with each event, a user's"
            + " name and password are no use there; configure the application and its secret");
  }

  CompletableFuture<PublishResult> publish(NewEvent event) {
    Credentials.Application app;
    try {
      app = application();
    } catch (AmeboException.Denied e) {
      return CompletableFuture.failedFuture(e);
    }
    Optional<PublishResult> wrong = Payloads.check(event);
    if (wrong.isPresent()) return CompletableFuture.completedFuture(wrong.get());
    // The server requires one; a random one is never recognised again, as the caller asked.
    String deduper =
        event.deduper() == null
            ? UUID.randomUUID().toString()
            : UpstreamQuery.stored(event.deduper());
    byte[] body = EventJson.upstream(event, deduper, app.secret(), clock.instant());
    return http.post("v1/events", JsonBody.of(body), null)
        .handle(Sent::new)
        .thenCompose(
            sent ->
                sent.answer != null
                    ? answered(event, deduper, sent.answer)
                    : unanswered(event, deduper, Objects.requireNonNull(sent.failure)));
  }

  private CompletableFuture<PublishResult> answered(
      NewEvent event, String deduper, HttpAnswer answer) {
    int status = answer.status();
    if (REJECTIONS.contains(status)) {
      return done(PublishResult.rejected(status + ": " + answer.error()));
    }
    if (status == 500) return failed500(event, deduper, answer);
    Long id = answer.ok() ? EventJson.id(answer.json()) : null;
    if (id == null) {
      return unanswered(event, deduper, OwnServer.failure("Publishing an event", answer));
    }
    JsonNode json = answer.json();
    boolean duplicate = json != null && json.path("duplicate").asBoolean(false);
    return done(duplicate ? PublishResult.duplicate(id) : PublishResult.accepted(id));
  }

  /** A duplicate, a payload too large for the index or a real failure: the stored events tell. */
  private CompletableFuture<PublishResult> failed500(
      NewEvent event, String deduper, HttpAnswer answer) {
    AmeboException failure = answer.failure("Publishing an event");
    return stored(deduper, failure)
        .thenApply(
            rows -> {
              Stored found = Stored.of(event, rows);
              if (found.same != null) return PublishResult.duplicate(found.same.event());
              if (found.otherAction != null) {
                return PublishResult.rejected(
                    "500: an event of the action "
                        + found.otherAction.action()
                        + " has the same deduper and payload, and an upstream server keeps them"
                        + " unique across actions; make the deduper contain the action");
              }
              if (found.otherPayload != null) {
                return PublishResult.rejected(
                    "500, conflict: event "
                        + found.otherPayload.event()
                        + " has the same action and deduper and another payload");
              }
              boolean large = indexBytes(event.payload(), deduper) > INDEX_LIMIT;
              if (!large) throw failure;
              if (!INDEX_ERROR.matcher(answer.text()).find()) throw perhapsTooLarge(failure);
              return PublishResult.rejected("500: " + TOO_LARGE);
            });
  }

  private static int indexBytes(String payload, String deduper) {
    return payload.getBytes(StandardCharsets.UTF_8).length
        + deduper.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A full disk says the same 500: the event waits, and the message says what it may wait for. */
  private static AmeboException perhapsTooLarge(AmeboException failure) {
    return new AmeboException.Unavailable(
        failure.getMessage() + "; if it stays: " + TOO_LARGE,
        failure instanceof AmeboException.Unavailable u ? u.retryAfter().orElse(null) : null,
        failure);
  }

  private CompletableFuture<PublishResult> unanswered(
      NewEvent event, String deduper, Throwable failure) {
    Throwable cause = Blocking.unwrap(failure);
    if (!(cause instanceof AmeboException.OutcomeUnknown unknown)) {
      return CompletableFuture.failedFuture(cause);
    }
    return stored(deduper, unknown)
        .thenApply(
            rows -> {
              Stored found = Stored.of(event, rows);
              if (found.same != null) return PublishResult.accepted(found.same.event());
              // Not there is no proof: the request may still be under way.
              if (found.otherPayload == null) throw unknown;
              throw new AmeboException.OutcomeUnknown(
                  unknown.getMessage()
                      + "; event "
                      + found.otherPayload.event()
                      + " has the same action and deduper and another payload",
                  unknown);
            });
  }

  /** Where not even this can be asked, the outcome stays unknown. */
  private CompletableFuture<List<StoredEvent>> stored(String deduper, AmeboException why) {
    return http.get(UpstreamQuery.add(http.url("v1/events"), "deduper", deduper).build(), null)
        .thenApply(answer -> StoredEvents.read(answer, true))
        .thenApply(rows -> rows.stream().filter(r -> deduper.equals(r.deduper())).toList())
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedFuture(
                    new AmeboException.OutcomeUnknown(why.getMessage(), why)));
  }

  /**
   * What is stored under an event's deduper. Only with the same payload is it that event: the
   * server keeps pairs of deduper and payload, so another payload says nothing about this one.
   *
   * @param otherAction the same payload under another action, which keeps this event out
   */
  private record Stored(
      @Nullable StoredEvent same,
      @Nullable StoredEvent otherAction,
      @Nullable StoredEvent otherPayload) {
    static Stored of(NewEvent event, List<StoredEvent> rows) {
      StoredEvent same = null;
      StoredEvent otherAction = null;
      StoredEvent otherPayload = null;
      for (StoredEvent row : rows) {
        boolean payload = Payloads.isStoredAs(event.payload(), row.payload());
        boolean action = row.action().equals(event.action());
        if (payload && action) same = row;
        else if (payload) otherAction = row;
        else if (action) otherPayload = row;
      }
      return new Stored(same, otherAction, otherPayload);
    }
  }

  /** One of the two. */
  private record Sent(@Nullable HttpAnswer answer, @Nullable Throwable failure) {}

  private static CompletableFuture<PublishResult> done(PublishResult result) {
    return CompletableFuture.completedFuture(result);
  }
}
