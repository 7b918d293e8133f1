package io.amebobridge.server.store;

/**
 * The texts in which databases differ, as data.
 *
 * @param migrations where Flyway finds the schema's versions
 * @param insertEvent inserts one event, or nothing where its action and deduper are known
 * @param actionIn a condition that holds for the action ids in one JSON array parameter
 * @param payloadContains a condition that holds where the parameter occurs in the payload
 * @param upsertDelivery inserts a delivery's row or replaces its state
 * @param advanceCursor moves a subscription's cursor and reach, never back
 */
public record Dialect(
    String migrations,
    String insertEvent,
    String actionIn,
    String payloadContains,
    String upsertDelivery,
    String advanceCursor) {

  static Dialect sqlite() {
    return new Dialect(
        "classpath:db/migration/sqlite",
        // The payload is bound as bytes: it is stored as it was sent, without a trip through
        // String.
        """
        INSERT INTO events (id, action_id, deduper, payload, ordering_key, source_system,
          source_stream, source_partition, source_offset, sleep_until, timestamped, traceparent)
        VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (deduper, action_id) DO NOTHING""",
        "action_id IN (SELECT value FROM json_each(?))",
        "instr(payload, ?) > 0",
        """
        INSERT INTO deliveries (id, subscription_id, event_id, state, attempts, next_attempt_at,
          last_status, last_error, timestamped, response)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
          next_attempt_at = excluded.next_attempt_at, last_status = excluded.last_status,
          last_error = excluded.last_error, timestamped = excluded.timestamped,
          response = excluded.response""",
        "UPDATE subscriptions SET cursor = max(cursor, ?), reached = max(reached, ?) WHERE id = ?");
  }
}
