package io.amebobridge.server.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How replays begin, go on and end, in the writer's transactions. */
public final class ReplayChanges {
  private ReplayChanges() {}

  /** Stores it; empty where another replay of its subscription is under way. */
  public static Change<Optional<ReplayRow>> begin(ReplayRow wanted, long matched) {
    return session -> {
      PreparedStatement insert =
          session.prepare(
              "INSERT INTO replays (subscription_id, state, of_state, action, since, until, events,"
                  + " per_second, most, matched, replayed, position, timestamped)"
                  + " VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)"
                  + " ON CONFLICT DO NOTHING RETURNING id");
      insert.setLong(1, wanted.subscription());
      insert.setString(2, wanted.of().text());
      insert.setString(3, wanted.action());
      insert.setObject(4, wanted.since());
      insert.setObject(5, wanted.until());
      List<Long> events = wanted.events();
      insert.setString(6, events == null ? null : EventReader.jsonArray(events));
      insert.setInt(7, wanted.perSecond());
      insert.setLong(8, wanted.most());
      insert.setLong(9, matched);
      insert.setLong(10, wanted.timestamped());
      try (ResultSet id = insert.executeQuery()) {
        return id.next()
            ? Optional.of(wanted.asked(id.getLong(1), matched, wanted.timestamped()))
            : Optional.empty();
      }
    };
  }

  /**
   * Makes these deliveries due now, with all their attempts before them.
   *
   * @return those that were still in the state it is for; null where the replay was cancelled
   */
  public static Change<@Nullable List<OpenDelivery>> move(
      ReplayRow replay, List<ReplayReader.Candidate> candidates) {
    return session -> {
      long last = candidates.get(candidates.size() - 1).delivery();
      PreparedStatement at =
          session.prepare("UPDATE replays SET position = ? WHERE id = ? AND state = 'running'");
      at.setLong(1, last);
      at.setLong(2, replay.id());
      if (at.executeUpdate() == 0) {
        return null;
      }
      List<OpenDelivery> moved = new ArrayList<>();
      for (ReplayReader.Candidate candidate : candidates) {
        if (makeDue(session, replay, candidate.delivery())) {
          moved.add(
              new OpenDelivery(
                  DeliveryRow.eventOf(candidate.delivery()),
                  DeliveryRow.State.RETRYING,
                  0,
                  session.clock(),
                  candidate.key()));
        }
      }
      PreparedStatement count =
          session.prepare("UPDATE replays SET replayed = replayed + ? WHERE id = ?");
      count.setInt(1, moved.size());
      count.setLong(2, replay.id());
      count.executeUpdate();
      return moved;
    };
  }

  private static boolean makeDue(WriteSession session, ReplayRow replay, long delivery)
      throws SQLException {
    PreparedStatement update =
        session.prepare(
            "UPDATE deliveries SET state = 'retrying', attempts = 0, next_attempt_at = ?,"
                + " timestamped = ?, replay_id = ? WHERE id = ? AND state = ?");
    update.setLong(1, session.clock()); // not another's that is ahead: it would wait for that
    update.setLong(2, session.clock());
    update.setLong(3, replay.id());
    update.setLong(4, delivery);
    update.setString(5, replay.of().text());
    return update.executeUpdate() == 1;
  }

  /** Nobody goes on with the replay of a subscription that is removed. */
  public static void endOf(WriteSession session, long subscription) throws SQLException {
    PreparedStatement update =
        session.prepare(
            "UPDATE replays SET state = 'cancelled', ended_at = ?"
                + " WHERE subscription_id = ? AND state = 'running'");
    update.setLong(1, session.now());
    update.setLong(2, subscription);
    update.executeUpdate();
  }

  /** Ends it; false where it had ended before. */
  public static Change<Boolean> end(long replay, ReplayRow.State state) {
    return session -> {
      PreparedStatement update =
          session.prepare(
              "UPDATE replays SET state = ?, ended_at = ? WHERE id = ? AND state = 'running'");
      update.setString(1, state.text());
      update.setLong(2, session.now());
      update.setLong(3, replay);
      return update.executeUpdate() == 1;
    };
  }
}
