package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.DeliveryRow;
import io.amebobridge.server.store.ReplayChanges;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** Writes what is registered, in the writer's open transaction. */
final class RegistryWrites {
  private RegistryWrites() {}

  static Application application(
      WriteSession session, SecretBox secrets, String name, String address, Secret secret)
      throws SQLException {
    PreparedStatement insert =
        session.prepare(
            "INSERT INTO applications (application, address, secret, timestamped)"
                + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id");
    insert.setString(1, name);
    insert.setString(2, address);
    insert.setBytes(3, secrets.seal(session, name, secret));
    insert.setLong(4, session.now());
    long id = insertedId(insert, 406, "application - " + name + " is registered already");
    return new Application(id, name, address, secret, null, session.now());
  }

  /** Forgets the secrets whose grace is over by now. */
  static int endGraces(WriteSession session, long now) throws SQLException {
    PreparedStatement update =
        session.prepare(
            "UPDATE applications SET previous_secret = NULL, previous_until = NULL"
                + " WHERE previous_until <= ?");
    update.setLong(1, now);
    return update.executeUpdate();
  }

  static Action action(
      WriteSession session, String name, Application owner, EventSchema schema, Retention retention)
      throws SQLException {
    PreparedStatement insert =
        session.prepare(
            "INSERT INTO actions (action, application_id, schemata, retain_millis,"
                + " retain_bytes, timestamped)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id");
    insert.setString(1, name);
    insert.setLong(2, owner.id());
    insert.setString(3, schema.text());
    insert.setObject(4, retention.millis(), Types.BIGINT);
    insert.setObject(5, retention.bytes(), Types.BIGINT);
    insert.setLong(6, session.now());
    long id = insertedId(insert, 426, "action - " + name + " is registered already");
    return new Action(id, name, owner.name(), schema, retention, session.now());
  }

  static Subscription end(WriteSession session, Subscription subscription) throws SQLException {
    PreparedStatement update =
        session.prepare("UPDATE subscriptions SET deleted_at = ? WHERE id = ?");
    update.setLong(1, session.now());
    update.setLong(2, subscription.id());
    update.executeUpdate();
    ReplayChanges.endOf(session, subscription.id());
    return subscription;
  }

  static int change(WriteSession session, long id, SubscriptionChange wanted) throws SQLException {
    PreparedStatement update =
        session.prepare(
            "UPDATE subscriptions SET handler = coalesce(?, handler),"
                + " description = coalesce(?, description),"
                + " max_retries = coalesce(?, max_retries), envelope = coalesce(?, envelope),"
                + " passphrase = coalesce(?, passphrase), ordered = coalesce(?, ordered),"
                + " paused = coalesce(?, paused) WHERE id = ? AND deleted_at IS NULL"
                + " AND NOT EXISTS (SELECT 1 FROM subscriptions other"
                + " WHERE other.handler = coalesce(?, subscriptions.handler)"
                + " AND other.application_id = subscriptions.application_id"
                + " AND other.action = subscriptions.action"
                + " AND other.id <> subscriptions.id AND other.deleted_at IS NULL)");
    update.setString(1, wanted.handler());
    update.setString(2, wanted.description());
    update.setObject(3, wanted.maxRetries());
    update.setObject(4, wanted.envelope());
    update.setObject(5, wanted.passphrase());
    update.setObject(6, wanted.ordered());
    update.setObject(7, wanted.paused());
    update.setLong(8, id);
    update.setString(9, wanted.handler());
    int changed = update.executeUpdate();
    if (changed == 0) {
      throw isThere(session, id)
          ? new Refusal(426, "handler - another subscription has it already")
          : new Refusal(404, "subscription - there is no " + id);
    }
    return changed;
  }

  private static boolean isThere(WriteSession session, long id) throws SQLException {
    PreparedStatement select =
        session.prepare("SELECT 1 FROM subscriptions WHERE id = ? AND deleted_at IS NULL");
    select.setLong(1, id);
    try (ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  static Subscription subscription(WriteSession session, NewSubscription wanted)
      throws SQLException {
    long cursor = wanted.start().resolve("start", session);
    refuseSecond(session, wanted);
    PreparedStatement insert =
        session.prepare(
            "INSERT INTO subscriptions (application_id, action, handler, description, max_retries,"
                + " envelope, passphrase, cursor, reached, timestamped, ordered)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING RETURNING id");
    insert.setLong(1, wanted.application().id());
    insert.setString(2, wanted.action().text());
    insert.setString(3, wanted.handler());
    insert.setString(4, wanted.description());
    insert.setInt(5, wanted.maxRetries());
    insert.setBoolean(6, wanted.envelope());
    insert.setBoolean(7, wanted.passphrase());
    insert.setLong(8, cursor);
    insert.setLong(9, cursor);
    insert.setLong(10, session.now());
    insert.setBoolean(11, wanted.ordered());
    long id = insertedId(insert, 426, "action - this subscription is registered already");
    if (id > DeliveryRow.MAX_SUBSCRIPTION) {
      throw new Refusal(
          507, "more than " + DeliveryRow.MAX_SUBSCRIPTION + " subscriptions were ever made");
    }
    insertPositions(session, id, wanted.start().positions());
    return wanted.stored(id, cursor, session.now());
  }

  /** Asked first, as PostgreSQL gives away an id even where nothing is inserted: they are few. */
  private static void refuseSecond(WriteSession session, NewSubscription wanted)
      throws SQLException {
    PreparedStatement select =
        session.prepare(
            "SELECT 1 FROM subscriptions WHERE application_id = ? AND action = ? AND handler = ?"
                + " AND deleted_at IS NULL");
    select.setLong(1, wanted.application().id());
    select.setString(2, wanted.action().text());
    select.setString(3, wanted.handler());
    try (ResultSet known = select.executeQuery()) {
      if (known.next()) {
        throw new Refusal(426, "action - this subscription is registered already");
      }
    }
  }

  private static void insertPositions(WriteSession session, long id, SourcePositions positions)
      throws SQLException {
    PreparedStatement insert =
        session.prepare(
            "INSERT INTO subscription_positions (subscription_id, source_system, source_stream,"
                + " source_partition, source_offset) VALUES (?, ?, ?, ?, ?)");
    for (SourcePositions.Position position : positions.all()) {
      insert.setLong(1, id);
      insert.setString(2, position.system());
      insert.setString(3, position.stream());
      insert.setInt(4, position.partition());
      insert.setLong(5, position.offset());
      insert.executeUpdate();
    }
  }

  private static long insertedId(PreparedStatement insert, int status, String otherwise)
      throws SQLException {
    try (ResultSet rows = insert.executeQuery()) {
      if (!rows.next()) {
        throw new Refusal(status, otherwise);
      }
      return rows.getLong(1);
    }
  }
}
