package io.amebobridge.server.store;

/**
 * The texts in which databases differ, as data.
 *
 * @param migrations where Flyway finds the schema's versions
 * @param begin what a transaction begins with: keeps other writers out where there are any, then
 *     answers the last event's id and time and the transaction's own number, where it has one
 * @param arrays whether rows are given as arrays, many in one statement; else one by one
 * @param insertEvents inserts events; one by one, nothing where its action and deduper are known
 * @param knownEvents the first events of actions and dedupers
 * @param storedEvent an event's payload, its time, and the number of the transaction that wrote it
 * @param among stands behind a number: whether it is in one JSON array parameter
 * @param payloadContains a condition that holds where the parameter occurs in the payload
 * @param upsertDeliveries inserts deliveries' rows or replaces their states
 * @param advanceCursor moves a subscription's cursor and reach, never back
 * @param pageStart stands before the query of a page of events, so that little more than the wanted
 *     bytes are sent
 * @param pageEnd stands behind it; empty, or with these bytes as its parameter
 */
public record Dialect(
    String migrations,
    String begin,
    boolean arrays,
    String insertEvents,
    String knownEvents,
    String storedEvent,
    String among,
    String payloadContains,
    String upsertDeliveries,
    String advanceCursor,
    String pageStart,
    String pageEnd) {

  private static final String LAST_EVENT =
      " FROM (SELECT 1) one LEFT JOIN"
          + " (SELECT id, timestamped FROM events ORDER BY id DESC LIMIT 1) e ON 1 = 1";

  private static final String EVENT_COLUMNS =
      "action_id, deduper, payload, ordering_key, source_system, source_stream, source_partition,"
          + " source_offset, sleep_until, timestamped, traceparent";

  private static final String DELIVERY_COLUMNS =
      "id, subscription_id, event_id, state, attempts, next_attempt_at, last_status, last_error,"
          + " timestamped, response";

  private static final String REPLACE_DELIVERY =
      """

      ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
        next_attempt_at = excluded.next_attempt_at, last_status = excluded.last_status,
        last_error = excluded.last_error, timestamped = excluded.timestamped,
        response = excluded.response""";

  /** A condition that holds for the action ids in one JSON array parameter. */
  public String actionIn() {
    return "action_id" + among;
  }

  static Dialect sqlite() {
    return new Dialect(
        "classpath:db/migration/sqlite",
        "SELECT e.id, e.timestamped, NULL" + LAST_EVENT,
        false,
        // The payload is bound as bytes: it is stored as it was sent, without a trip through
        // String.
        "INSERT INTO events (id, "
            + EVENT_COLUMNS
            + ") VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (deduper, action_id) DO NOTHING",
        "SELECT deduper, action_id, id, timestamped, payload FROM events"
            + " WHERE deduper = ? AND action_id = ?",
        "SELECT payload, timestamped, NULL FROM events WHERE id = ?",
        " IN (SELECT value FROM json_each(?))",
        "instr(payload, ?) > 0",
        "INSERT INTO deliveries ("
            + DELIVERY_COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + REPLACE_DELIVERY,
        "UPDATE subscriptions SET cursor = max(cursor, ?), reached = max(reached, ?) WHERE id = ?",
        "", // rows are read one by one: the reader stops by itself
        "");
  }

  static Dialect postgres() {
    return new Dialect(
        "classpath:db/migration/postgresql",
        // Two statements in one trip: the second sees what was committed until the lock was had.
        "SELECT pg_advisory_xact_lock("
            + PostgresDatabase.WRITERS
            + "); SELECT e.id, e.timestamped, CAST(CAST(pg_current_xact_id() AS xid) AS text)"
            + LAST_EVENT,
        true,
        "INSERT INTO events (id, "
            + EVENT_COLUMNS
            + ") SELECT ? + position, action_id, deduper, convert_from(payload, 'UTF8'),"
            + " ordering_key, source_system, source_stream, source_partition, source_offset,"
            + " sleep_until, ?, traceparent FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " WITH ORDINALITY AS"
            + " new (action_id, deduper, payload, ordering_key, source_system, source_stream,"
            + " source_partition, source_offset, sleep_until, traceparent, position)"
            + " ORDER BY position",
        // One look into the index for each, whatever the statistics say.
        "SELECT e.deduper, e.action_id, e.id, e.timestamped, e.payload"
            + " FROM unnest(?, ?) AS wanted (deduper, action_id) CROSS JOIN LATERAL"
            + " (SELECT * FROM events WHERE deduper = wanted.deduper"
            + " AND action_id = wanted.action_id LIMIT 1) e",
        "SELECT payload, timestamped, CAST(xmin AS text) FROM events WHERE id = ?",
        " = ANY (CAST(translate(?, '[]', '{}') AS bigint[]))",
        "strpos(payload, ?) > 0",
        "INSERT INTO deliveries ("
            + DELIVERY_COLUMNS
            + ") SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + REPLACE_DELIVERY,
        "UPDATE subscriptions SET cursor = greatest(cursor, ?), reached = greatest(reached, ?)"
            + " WHERE id = ?",
        // The driver reads all rows before it gives the first.
        "SELECT * FROM (SELECT page.*, sum(octet_length(payload)) OVER (ORDER BY id)"
            + " - octet_length(payload) AS before FROM (",
        ") page) sized WHERE before < ? ORDER BY id");
  }
}
