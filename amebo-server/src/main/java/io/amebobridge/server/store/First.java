package io.amebobridge.server.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** The first event of its action and deduper. */
record First(long id, long timestamped, byte[] payload) {
  private static final ObjectMapper JSON = JsonMapper.shared();

  /** From deduper, action_id, id, timestamped, payload. */
  static First of(ResultSet rows) throws SQLException {
    return new First(rows.getLong(3), rows.getLong(4), rows.getBytes(5));
  }

  /** What becomes of a second one. */
  Appended answer(NewLogEvent again) {
    Appended.Outcome outcome =
        samePayload(payload, again.payload())
            ? Appended.Outcome.DUPLICATE
            : Appended.Outcome.CONFLICT;
    return new Appended(outcome, id, timestamped);
  }

  /** Equal text, or equal as JSON: a producer may order or space its fields anew. */
  private static boolean samePayload(byte[] first, byte[] second) {
    if (Arrays.equals(first, second)) {
      return true;
    }
    try {
      return JSON.readTree(first).equals(JSON.readTree(second));
    } catch (JacksonException e) {
      return false;
    }
  }
}
