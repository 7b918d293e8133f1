package io.amebobridge.server.http;

import java.util.Map;
import java.util.TreeMap;

/** The wire's objects, by name, as {@link Rows} writes them. */
final class Shapes {
  private Shapes() {}

  static Map<String, Shape> all() {
    Map<String, Shape> all = new TreeMap<>();
    all.put("Error", error());
    all.put("Token", token());
    all.put("Application", application());
    all.put("NewApplication", newApplication());
    all.put("RotatedSecret", rotatedSecret());
    all.put("Action", action());
    all.put("Subscription", subscription());
    all.put("Event", event());
    all.put("NewEvent", newEvent());
    all.put("Source", source());
    all.put("BatchResult", batchResult());
    all.put("Delivery", delivery());
    all.put(
        "DeliveryDetail",
        delivery()
            .with("response", Shape.text().orNull().says("The beginning of the last answer."))
            .maybe("published", Shape.time()));
    all.put("Replay", replay());
    all.put("ReplayOfMany", replayOfMany());
    all.put("Status", status());
    all.put("Envelope", envelope());
    return all;
  }

  private static Shape error() {
    return Shape.object()
        .with("error", Shape.text().says("<field> - what is wrong, what is allowed"))
        .says("A refusal.");
  }

  private static Shape token() {
    return Shape.object()
        .with("token", Shape.text().says("For Authorization: Bearer."))
        .with("expires_in", Shape.integer().says("Seconds."));
  }

  private static Shape application() {
    return Shape.object()
        .with("application", name())
        .with("address", Shape.text().says("The URL that handlers are appended to."))
        .with("secret", Shape.text().says("Masked."))
        .with("timestamped", Shape.time())
        .maybe("previous_until", Shape.time().says("The secret before is good until then."));
  }

  private static Shape newApplication() {
    return Shape.object()
        .with("name", name())
        .with("application", name())
        .with("address", Shape.text())
        .with("secret", Shape.text().says("As it was sent, this once."))
        .with("timestamped", Shape.time());
  }

  private static Shape rotatedSecret() {
    return Shape.object()
        .with("application", name())
        .with("secret", Shape.text().says("The new one, this once."))
        .with("previous_until", Shape.time().orNull().says("The one before is good until then."));
  }

  private static Shape action() {
    return Shape.object()
        .with("id", Shape.integer())
        .with("action", name())
        .with("application", name().says("The owner."))
        .with(
            "schemata",
            Shape.any()
                .says(
                    "The JSON Schema of its payloads, an object. What else was imported from an"
                        + " upstream database refuses every event."))
        .maybe("retention", retention())
        .with("timestamped", Shape.time());
  }

  /** How long an action's events are kept. */
  static Shape retention() {
    return Shape.object()
        .maybe("age", Shape.text().orNull().says("ISO 8601, such as P30D; older events go."))
        .maybe("bytes", Shape.integer().orNull().says("Of payload; the newest that fit stay."))
        .says("How long its events are kept once they are delivered; without it for ever.");
  }

  private static Shape subscription() {
    return Shape.object()
        .with("subscription", Shape.integer())
        .with("action", Shape.text().says("An action, or a pattern such as user.*"))
        .with("application", name())
        .with("endpoint", Shape.text().says("Where its events go."))
        .with("handler", Shape.text())
        .with("description", Shape.text().orNull())
        .with("max_retries", Shape.integer())
        .with("envelope", Shape.flag())
        .with("passphrase", Shape.flag())
        .with("ordered", Shape.flag())
        .with("paused", Shape.flag())
        .maybe("secret", Shape.text().says("As it was sent, when it was."))
        .with("timestamped", Shape.time());
  }

  private static Shape event() {
    return Shape.object()
        .with("event", Shape.integer().says("Its id; ids are in the order of commits."))
        .with("action", Shape.text())
        .with("payload", Shape.any().says("As it was sent."))
        .with("deduper", Shape.text().orNull())
        .maybe("sleep_until", Shape.integer().orNull().says("Seconds since the epoch."))
        .maybe("key", Shape.text().says("Events with the same key keep their order."))
        .maybe("source", Shape.ref("Source"))
        .maybe("traceparent", Shape.text().says("The publisher's, as W3C Trace Context has it."))
        .with("timestamped", Shape.time());
  }

  private static Shape newEvent() {
    return Shape.object()
        .with("action", Shape.text())
        .with("payload", Shape.any().says("JSON that its action's schema allows, or such as text."))
        .maybe("secret", Shape.text().says("The owner's, where there is no token."))
        .maybe(
            "deduper",
            Shape.text().orNull().says("The publisher's idempotency key: once for each action."))
        .maybe(
            "sleep_until",
            Shape.integer().orNull().says("Not delivered before, in seconds since the epoch."))
        .maybe("key", Shape.text().orNull().says("Events with the same key keep their order."))
        .maybe("source", Shape.either(Shape.ref("Source"), Shape.nothing()))
        .maybe(
            "traceparent",
            Shape.text().orNull().says("Goes before the request's header; see W3C Trace Context."));
  }

  private static Shape source() {
    return Shape.object()
        .with("system", Shape.text())
        .with("stream", Shape.text())
        .maybe("partition", Shape.integer().orNull())
        .maybe("offset", Shape.integer().orNull())
        .says("Where a bridged event was read.");
  }

  private static Shape batchResult() {
    return Shape.object()
        .with("status", Shape.oneOf("accepted", "duplicate", "rejected"))
        .maybe("event", Shape.integer().says("Its id, or that of the first."))
        .maybe("error", Shape.text());
  }

  private static Shape delivery() {
    return Shape.object()
        .with("gist", Shape.integer())
        .with("action", Shape.text())
        .with("completed", Shape.oneOf("True", "False"))
        .with("publisher", Shape.text())
        .with("subscriber", Shape.text())
        .with("timestamped", Shape.time())
        .with("event", Shape.integer())
        .with("subscription", Shape.integer())
        .with("state", Shape.oneOf("delivered", "retrying", "waiting", "dead"))
        .with("attempts", Shape.integer())
        .with("next_attempt", Shape.time().orNull())
        .with("last_status", Shape.integer().orNull())
        .with("last_error", Shape.text().orNull());
  }

  private static Shape replay() {
    return Shape.object()
        .with("gist", Shape.integer())
        .with("proxied", Shape.flag().says("Whether the receiver took it."))
        .maybe("error", Shape.text().orNull());
  }

  private static Shape replayOfMany() {
    return Shape.object()
        .with("replay", Shape.integer())
        .with("subscription", Shape.integer())
        .with("state", Shape.oneOf("running", "done", "cancelled"))
        .with("of", Shape.oneOf("dead", "delivered"))
        .with("per_second", Shape.integer())
        .with("matched", Shape.integer().says("When it began."))
        .with("replayed", Shape.integer().says("Made due so far."))
        .with("remaining", Shape.integer())
        .with("delivered", Shape.integer())
        .with("failed", Shape.integer().says("Dead again."))
        .with("open", Shape.integer().says("Made due, and neither delivered nor dead yet."))
        .with("timestamped", Shape.time())
        .with("ended", Shape.time().orNull());
  }

  private static Shape status() {
    Shape standing =
        Shape.object()
            .with("subscription", Shape.integer())
            .with("application", Shape.text())
            .with("action", Shape.text())
            .maybe("cursor", Shape.integer())
            .maybe("lag", Shape.integer())
            .maybe("retrying", Shape.integer())
            .maybe("dead", Shape.integer())
            .maybe(
                "holder",
                Shape.text().says("The instance that delivers it; none: nobody does now."))
            .maybe("window", Shape.integer().says("Calls that may be in flight now."))
            .maybe("in_flight", Shape.integer())
            .maybe(
                "endpoint",
                Shape.oneOf("closed", "open", "probing", "paused")
                    .says("Its endpoint's breaker; paused: the receiver asked for that."))
            .maybe("paused", Shape.flag())
            .maybe("rewinding", Shape.flag());
    return Shape.object()
        .with("kind", Shape.text())
        .with("version", Shape.text())
        .with("maxPayloadBytes", Shape.integer())
        .maybe("events", Shape.integer().says("The newest event's id."))
        .maybe(
            "instance",
            Shape.text().says("This server's name among those that share its database."))
        .maybe("subscriptions", Shape.listOf(standing));
  }

  private static Shape envelope() {
    return Shape.object()
        .with("event_id", Shape.integer())
        .with("action", Shape.text())
        .with("payload", Shape.any())
        .with("timestamp", Shape.time())
        .with("delivery_attempt", Shape.integer())
        .says("A webhook's body where the subscription asks for envelopes.");
  }

  private static Shape name() {
    return Shape.text().longest(255);
  }
}
