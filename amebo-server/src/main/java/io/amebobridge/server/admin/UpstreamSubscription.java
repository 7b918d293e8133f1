package io.amebobridge.server.admin;

import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.DeliveryRow.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An upstream subscription, which says what became of its gists.
 *
 * @param since when it was made
 */
record UpstreamSubscription(long id, int maxRetries, boolean active, long since) {
  static final List<String> COLUMNS =
      List.of(
          "id",
          "subscription_id",
          "event_id",
          "state",
          "attempts",
          "next_attempt_at",
          "last_status",
          "last_error",
          "timestamped");

  /**
   * The delivery of one gist.
   *
   * @param sleepUntil in milliseconds since the epoch; null: it may be delivered at once
   */
  @Nullable Object[] delivery(
      long event,
      String gist,
      ResultSet row,
      @Nullable Long sleepUntil,
      UpstreamReport.Tally tally,
      long now)
      throws SQLException {
    long attempts = row.getLong("retries");
    State state = state(gist, row, attempts, tally);
    boolean open = state == State.RETRYING || state == State.WAITING;
    Long due = open ? Long.valueOf(sleepUntil == null ? now : Math.max(now, sleepUntil)) : null;
    long status = row.getLong("last_status_code");
    Long timestamped = UpstreamTime.millis(row.getString("timestamped"));
    return new @Nullable Object[] {
      DeliveryRow.id(id, event),
      id,
      event,
      state.text(),
      attempts,
      due,
      status == 0 ? null : Long.valueOf(status),
      error(state, row.getString("last_error")),
      timestamped == null ? Long.valueOf(now) : timestamped
    };
  }

  private State state(String gist, ResultSet row, long attempts, UpstreamReport.Tally tally)
      throws SQLException {
    if (row.getInt("completed") != 0) {
      return State.DELIVERED;
    }
    if (row.getInt("dead") != 0 || (attempts >= maxRetries && row.getInt("exhausted") == 0)) {
      tally.note("gists", gist, "upstream has given it up: it is a dead letter here");
      return State.DEAD;
    }
    if (!active) {
      tally.note("gists", gist, "its subscription has ended: it is a dead letter here");
      return State.DEAD;
    }
    tally.note("gists", gist, "pending upstream: it is delivered here");
    return attempts == 0 ? State.WAITING : State.RETRYING;
  }

  private static @Nullable String error(State state, @Nullable String said) {
    return said == null && state == State.DEAD ? "given up before the import" : said;
  }
}
