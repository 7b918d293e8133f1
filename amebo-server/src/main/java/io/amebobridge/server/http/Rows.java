package io.amebobridge.server.http;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.TraceParent;
import io.amebobridge.server.registry.Action;
import io.amebobridge.server.registry.Application;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.registry.Subscription;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryView;
import io.amebobridge.server.store.LogEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** The wire's shapes of what is listed. Stored JSON text goes out as it came in. */
final class Rows {
  private static final long LATEST_MILLIS =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
  private static final String MASKED = "****************";

  private Rows() {}

  static ObjectNode application(Application application) {
    ObjectNode row =
        object()
            .put("application", application.name())
            .put("address", application.address())
            .put("secret", MASKED)
            .put("timestamped", time(application.timestamped()));
    Application.Previous previous = application.previous();
    return previous == null ? row : row.put("previous_until", time(previous.until()));
  }

  static ObjectNode action(Action action) {
    ObjectNode row =
        object()
            .put("id", action.id())
            .put("action", action.name())
            .put("application", action.application());
    row.putRawValue("schemata", new RawValue(action.schema().text()));
    if (!action.retention().isForever()) {
      Duration age = action.retention().age();
      row.putObject("retention")
          .put("age", age == null ? null : age.toString())
          .put("bytes", action.retention().bytes());
    }
    return row.put("timestamped", time(action.timestamped()));
  }

  static ObjectNode subscription(Subscription subscription, String endpoint) {
    return object()
        .put("subscription", subscription.id())
        .put("action", subscription.action().text())
        .put("application", subscription.application())
        .put("endpoint", endpoint)
        .put("handler", subscription.handler())
        .put("description", subscription.description())
        .put("max_retries", subscription.maxRetries())
        .put("envelope", subscription.envelope())
        .put("passphrase", subscription.passphrase())
        .put("ordered", subscription.ordered())
        .put("paused", subscription.paused())
        .put("timestamped", time(subscription.timestamped()));
  }

  static ObjectNode event(LogEvent event, Registry registry) {
    ObjectNode row =
        object()
            .put("event", event.id())
            .put("action", registry.action(event.actionId()).map(Action::name).orElse(""));
    row.putRawValue("payload", new RawValue(new String(event.payload(), StandardCharsets.UTF_8)));
    row.put("deduper", event.deduper());
    if (event.sleepUntil() != null) {
      row.put("sleep_until", event.sleepUntil());
    }
    if (event.key() != null) {
      row.put("key", event.key());
    }
    SourceCoordinates source = event.source();
    if (source != null) {
      row.putObject("source")
          .put("system", source.system())
          .put("stream", source.stream())
          .put("partition", source.partition())
          .put("offset", source.offset());
    }
    if (event.traceparent() != null) {
      row.put(TraceParent.NAME, event.traceparent());
    }
    return row.put("timestamped", time(event.timestamped()));
  }

  static ObjectNode delivery(DeliveryView view) {
    DeliveryRow row = view.row();
    return object()
        .put("gist", row.id())
        .put("action", view.action())
        .put("completed", row.state() == DeliveryRow.State.DELIVERED ? "True" : "False")
        .put("publisher", view.publisher())
        .put("subscriber", view.subscriber())
        .put("timestamped", time(row.timestamped()))
        .put("event", row.event())
        .put("subscription", row.subscription())
        .put("state", row.state().text())
        .put("attempts", row.attempts())
        .put("next_attempt", row.nextAttemptAt() == null ? null : time(row.nextAttemptAt()))
        .put("last_status", row.lastStatus())
        .put("last_error", row.lastError());
  }

  static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  /** RFC 3339, which ends with the year 9999. */
  static String time(long millis) {
    return Instant.ofEpochMilli(Math.min(millis, LATEST_MILLIS)).toString();
  }
}
