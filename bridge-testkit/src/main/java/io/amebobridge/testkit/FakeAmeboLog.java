package io.amebobridge.testkit;

import io.amebobridge.client.SourceCoordinates;
import io.amebobridge.client.StoredEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The fake's events. Thread-safe. */
final class FakeAmeboLog {
  static final ObjectMapper JSON = JsonMapper.builder().build();

  private final List<StoredEvent> events = new ArrayList<>();

  /** What came of appending. */
  enum Outcome {
    STORED,
    SAME,
    CONFLICT
  }

  record Appended(Outcome outcome, StoredEvent event) {}

  /** With the payload that a string holds; null where it holds none. */
  static @Nullable JsonNode unwrapped(JsonNode event) {
    JsonNode payload = event.path("payload");
    if (!payload.isString()) return event;
    try {
      JsonNode inner = JSON.readTree(payload.stringValue());
      return inner.isMissingNode() ? null : ((ObjectNode) event.deepCopy()).set("payload", inner);
    } catch (JacksonException e) {
      return null;
    }
  }

  synchronized List<StoredEvent> all() {
    return List.copyOf(events);
  }

  /** As our server: (action, deduper) is the key, another payload under it a conflict. */
  synchronized Appended append(JsonNode event) {
    String deduper = text(event, "deduper");
    if (deduper != null) {
      for (StoredEvent e : events) {
        if (!deduper.equals(e.deduper()) || !e.action().equals(text(event, "action"))) continue;
        boolean same = JSON.readTree(e.payload()).equals(event.get("payload"));
        return new Appended(same ? Outcome.SAME : Outcome.CONFLICT, e);
      }
    }
    return new Appended(Outcome.STORED, add(event));
  }

  /** As an upstream server: (deduper, payload) is the key, across all actions. */
  synchronized Appended appendUpstream(JsonNode event) {
    for (StoredEvent e : events) {
      if (String.valueOf(e.deduper()).equals(text(event, "deduper"))
          && JSON.readTree(e.payload()).equals(event.get("payload"))) {
        return new Appended(Outcome.SAME, e);
      }
    }
    return new Appended(Outcome.STORED, add(event));
  }

  private StoredEvent add(JsonNode event) {
    StoredEvent stored =
        new StoredEvent(
            events.size() + 1L,
            String.valueOf(text(event, "action")),
            event.path("payload").toString(),
            text(event, "deduper"),
            source(event.get("source")),
            Instant.now(),
            text(event, "traceparent"));
    events.add(stored);
    return stored;
  }

  private static @Nullable SourceCoordinates source(@Nullable JsonNode node) {
    if (node == null || !node.isObject()) return null;
    JsonNode partition = node.get("partition");
    JsonNode offset = node.get("offset");
    return new SourceCoordinates(
        node.path("system").asString(""),
        node.path("stream").asString(""),
        partition == null ? null : Integer.valueOf(partition.asInt()),
        offset == null ? null : Long.valueOf(offset.asLong()));
  }

  static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || !value.isString() ? null : value.stringValue();
  }
}
