package io.amebobridge.server.delivery;

import io.amebobridge.client.TraceParent;
import io.amebobridge.client.WebhookSignature;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.LogEvent;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What is sent to a receiver. */
record WebhookRequest(Map<String, String> headers, Buffer body) {
  /**
   * Makes the request for one attempt.
   *
   * @param attempt 1 for the first
   */
  static WebhookRequest of(
      Webhook webhook, long subscription, String action, LogEvent event, int attempt, Instant now) {
    byte[] body = webhook.envelope() ? envelope(action, event, attempt) : event.payload();
    String id = String.valueOf(DeliveryRow.id(subscription, event.id()));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "amebo-bridge");
    headers.put("X-Amebo-Event", String.valueOf(event.id()));
    headers.put("X-Amebo-Delivery", id);
    headers.put("X-Amebo-Action", action);
    TraceParent.parse(event.traceparent())
        .ifPresent(publisher -> headers.put(TraceParent.NAME, publisher.child().toString()));
    headers.put(WebhookSignature.AMEBO_SIGNATURE, webhook.signature().signAmebo(body));
    headers.put(WebhookSignature.ID, id);
    headers.put(WebhookSignature.TIMESTAMP, String.valueOf(now.getEpochSecond()));
    headers.put(WebhookSignature.SIGNATURE, webhook.signature().sign(id, now, body));
    if (webhook.passphrase() != null) {
      headers.put(WebhookSignature.PASS_PHRASE, webhook.passphrase().reveal());
    }
    return new WebhookRequest(headers, Buffer.buffer(body));
  }

  /** Says neither what is in it nor the passphrase. */
  @Override
  public String toString() {
    return "WebhookRequest[" + body.length() + " bytes]";
  }

  /** The payload goes in as it was sent, between the other fields. */
  private static byte[] envelope(String action, LogEvent event, int attempt) {
    String before =
        "{\"event_id\":"
            + event.id()
            + ",\"action\":"
            + JsonMapper.shared().writeValueAsString(action)
            + ",\"payload\":";
    String after =
        ",\"timestamp\":\""
            + Instant.ofEpochMilli(event.timestamped())
            + "\",\"delivery_attempt\":"
            + attempt
            + "}";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
    out.writeBytes(event.payload());
    out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }
}
