package io.amebobridge.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Publishes to our server. */
final class OwnServer {
  /** Answers about the event itself; the same event will never get another. */
  private static final Set<Integer> REJECTIONS = Set.of(406, 409, 413, 422);

  private final HttpTransport http;
  private final @Nullable Tokens tokens;

  OwnServer(HttpTransport http, @Nullable Tokens tokens) {
    this.http = http;
    this.tokens = tokens;
  }

  CompletableFuture<HttpAnswer> post(String path, JsonBody body) {
    return tokens == null
        ? http.post(path, body, null)
        : tokens.with(token -> http.post(path, body, token));
  }

  CompletableFuture<PublishResult> publish(NewEvent event) {
    Optional<PublishResult> wrong = Payloads.check(event);
    if (wrong.isPresent()) return CompletableFuture.completedFuture(wrong.get());
    return post("v1/events", JsonBody.of(EventJson.ours(event))).thenApply(OwnServer::result);
  }

  private static PublishResult result(HttpAnswer answer) {
    if (REJECTIONS.contains(answer.status())) return PublishResult.rejected(rejection(answer));
    if (!answer.ok()) throw failure("Publishing an event", answer);
    Long id = EventJson.id(answer.json());
    if (id == null) throw unreadable("Publishing an event", answer, "no event id");
    return "true".equalsIgnoreCase(answer.headers().get("X-Amebo-Duplicate"))
        ? PublishResult.duplicate(id)
        : PublishResult.accepted(id);
  }

  /** Events that could not be embedded safely are rejected here; the others go out together. */
  CompletableFuture<List<PublishResult>> publishBatch(List<NewEvent> events) {
    List<Optional<PublishResult>> wrong = events.stream().map(Payloads::check).toList();
    List<byte[]> items = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      if (wrong.get(i).isEmpty()) items.add(EventJson.ours(events.get(i)));
    }
    CompletableFuture<List<PublishResult>> sent =
        items.isEmpty()
            ? CompletableFuture.completedFuture(List.of())
            : post("v1/events/batch", JsonBody.array(items))
                .thenApply(answer -> results(answer, items.size()));
    return sent.thenApply(results -> merge(wrong, results));
  }

  private static List<PublishResult> merge(
      List<Optional<PublishResult>> wrong, List<PublishResult> sent) {
    List<PublishResult> all = new ArrayList<>(wrong.size());
    int next = 0;
    for (Optional<PublishResult> w : wrong) all.add(w.isPresent() ? w.get() : sent.get(next++));
    return List.copyOf(all);
  }

  private static List<PublishResult> results(HttpAnswer answer, int expected) {
    if (!answer.ok()) throw failure("Publishing a batch of " + expected + " events", answer);
    JsonNode json = answer.json();
    JsonNode results = json == null ? null : json.get("results");
    if (results == null || !results.isArray() || results.size() != expected) {
      String got = results == null ? "no results" : results.size() + " results";
      throw unreadable("Publishing a batch of " + expected + " events", answer, got);
    }
    List<PublishResult> read = new ArrayList<>(expected);
    for (JsonNode item : results) read.add(item(answer, item));
    return read;
  }

  private static PublishResult item(HttpAnswer answer, JsonNode item) {
    Long id = EventJson.id(item);
    long event = id == null ? 0 : id;
    String status = item.path("status").asString("");
    return switch (status) {
      case "accepted" -> PublishResult.accepted(event);
      case "duplicate" -> PublishResult.duplicate(event);
      case "rejected" ->
          PublishResult.rejected(HttpAnswer.brief(item.path("error").asString("no reason given")));
      default ->
          throw unreadable(
              "Publishing a batch", answer, "the status '" + HttpAnswer.brief(status) + "'");
    };
  }

  private static String rejection(HttpAnswer answer) {
    String error = answer.error();
    return answer.status() + (error.isEmpty() ? "" : ": " + error);
  }

  /** A gateway that gave up does not know what the server behind it did. */
  static AmeboException failure(String what, HttpAnswer answer) {
    AmeboException failure = answer.failure(what);
    boolean success = answer.status() < 300;
    boolean gateway = answer.status() == 502 || answer.status() == 504;
    return success || gateway
        ? new AmeboException.OutcomeUnknown(failure.getMessage(), null)
        : failure;
  }

  private static AmeboException unreadable(String what, HttpAnswer answer, String got) {
    return new AmeboException.OutcomeUnknown(
        what + " at " + answer.origin() + ": " + answer.status() + " with " + got, null);
  }
}
