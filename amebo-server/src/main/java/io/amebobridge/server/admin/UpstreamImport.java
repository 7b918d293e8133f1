package io.amebobridge.server.admin;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.Keys;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.DeliveryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings an upstream database's applications, actions, events, subscriptions and gists over. What
 * is delivered there is not delivered again; what is pending there is delivered here. Confined to
 * one thread.
 */
final class UpstreamImport {
  /** Takes the rows. */
  interface Rows {
    void table(String name, List<String> columns) throws SQLException;

    void row(@Nullable Object... values) throws SQLException;
  }

  private static final int REPORTED = 500;
  private static final long MOST_EVENTS = Long.MAX_VALUE >> 21;
  private static final Pattern TRACE = Pattern.compile("(?!0{16})[0-9a-f]{32}");
  private static final Set<String> EMPTY_METADATA = Set.of("", "{}", "null");
  private final Upstream upstream;
  private final Rows rows;
  private final SecretBox secrets;
  private final Progress progress;
  private final long now;
  private final UpstreamReport.Tally tally = new UpstreamReport.Tally();
  private final UpstreamChecks checks = new UpstreamChecks(tally);
  private final Map<String, Long> applications = new HashMap<>();
  private final Map<String, Long> actions = new HashMap<>();
  private final Set<String> disabled = new HashSet<>();
  private final Set<String> unfit = new HashSet<>();
  private final Set<Long> refusedEvents = new HashSet<>();
  private final Map<Long, UpstreamSubscription> subscriptions = new HashMap<>();
  private long head;
  private long latest;
  private long done;

  UpstreamImport(Upstream upstream, Rows rows, SecretBox secrets, Progress progress, long now) {
    this.upstream = upstream;
    this.rows = rows;
    this.secrets = secrets;
    this.progress = progress;
    this.now = now;
  }

  UpstreamReport run() throws SQLException {
    applications();
    actions();
    events();
    subscriptions();
    gists();
    lost();
    leftBehind();
    return tally.report();
  }

  private void applications() throws SQLException {
    rows.table("applications", List.of("id", "application", "address", "secret", "timestamped"));
    try (ResultSet row = upstream.applications()) {
      while (row.next()) {
        String name = row.getString("application");
        String address = row.getString("address");
        applications.put(name, row.getLong("id"));
        byte[] sealed = secrets.seal(name, secret(name, row.getString("secret")));
        rows.row(row.getLong("id"), name, address, sealed, time("applications", name, row));
        imported("applications");
        checks.name("applications", name);
        checks.address(name, address);
        if (row.getInt("active") == 0) {
          disabled.add(name);
          tally.adapted(
              "applications",
              name,
              "disabled upstream: its subscriptions are paused here, but it may publish; change its"
                  + " secret to stop it");
        }
      }
    }
  }

  private Secret secret(String name, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      tally.adapted(
          "applications",
          name,
          "had no secret: one was made that nobody knows; set it with PUT /v1/applications/:id");
      return Keys.webhookSecret();
    }
    checks.secret(name, Secret.of(text));
    if (text.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      unfit.add(name);
      tally.note(
          "applications",
          name,
          "the secret cannot travel in a header; its webhooks are signed with it, but"
              + " X-PASS-Phrase is left out");
    }
    return Secret.of(text);
  }

  private void actions() throws SQLException {
    rows.table("actions", List.of("id", "action", "application_id", "schemata", "timestamped"));
    try (ResultSet row = upstream.actions()) {
      while (row.next()) {
        String name = row.getString("action");
        Long owner = applications.get(row.getString("application"));
        if (owner == null) {
          tally.refused("actions", name, "its application is not there");
          continue;
        }
        String schemata = UpstreamJson.schema(row.getString("schemata"));
        actions.put(name, row.getLong("id"));
        rows.row(row.getLong("id"), name, owner, schemata, time("actions", name, row));
        imported("actions");
        checks.name("actions", name);
        checks.schema(name, schemata);
        if (!"active".equals(row.getString("status"))) {
          tally.note(
              "actions",
              name,
              "is " + row.getString("status") + " upstream; here it takes events like any other");
        }
      }
    }
  }

  private void events() throws SQLException {
    rows.table(
        "events", List.of("id", "action_id", "deduper", "payload", "traceparent", "timestamped"));
    try (ResultSet row = upstream.events()) {
      while (row.next()) {
        long id = row.getLong("id");
        Long action = actions.get(row.getString("action"));
        if (id < 1 || id > MOST_EVENTS) {
          throw new AdminException("event " + id + " has an id that is not allowed here");
        }
        if (action == null) {
          refusedEvents.add(id);
          tally.refused("events", String.valueOf(id), "its action is not there");
          continue;
        }
        String payload = row.getString("payload");
        String unfit = UpstreamJson.problem(payload);
        if (unfit != null) {
          refusedEvents.add(id);
          tally.refused("events", String.valueOf(id), "its payload " + unfit);
          continue;
        }
        rows.row(
            id,
            action,
            deduper(id, row),
            payload,
            traceparent(row.getString("trace_id")),
            eventTime(id, row));
        head = id;
        imported("events");
        String metadata = row.getString("metadata");
        if (metadata != null && !EMPTY_METADATA.contains(metadata.strip())) {
          tally.adapted("events", String.valueOf(id), "its metadata has no place here");
        }
      }
    }
  }

  /** Never back, since places in the log are found by time, and never beyond now. */
  private long eventTime(long id, ResultSet row) throws SQLException {
    Long read = UpstreamTime.millis(row.getString("timestamped"));
    if (latest == 0) {
      latest = Math.min(now, read == null ? upstream.firstEventMillis().orElse(now) : read);
    }
    if (read == null) {
      tally.adapted(
          "events",
          String.valueOf(id),
          "its time cannot be read: that of the one before was taken");
    } else if (read < latest) {
      tally.adapted(
          "events",
          String.valueOf(id),
          "its time is before that of an earlier event, which was taken");
    } else if (read > now) {
      tally.adapted(
          "events", String.valueOf(id), "its time is in the future: the import's was taken");
      latest = now;
    } else {
      latest = read;
    }
    return latest;
  }

  /** Upstream tells events apart by deduper and payload, we by action and deduper. */
  private @Nullable String deduper(long id, ResultSet row) throws SQLException {
    String deduper = row.getString("deduper");
    if (deduper == null || deduper.isEmpty()) {
      return null;
    }
    if (row.getLong("nth") > 1) {
      tally.adapted(
          "events",
          id + " (" + deduper + ")",
          "an earlier event of its action has the same deduper and another payload: it is kept"
              + " without one");
      return null;
    }
    return deduper;
  }

  private static @Nullable String traceparent(@Nullable String trace) {
    return trace != null && TRACE.matcher(trace).matches()
        ? "00-" + trace + "-" + trace.substring(0, 16) + "-01"
        : null;
  }

  private void subscriptions() throws SQLException {
    rows.table(
        "subscriptions",
        List.of(
            "id",
            "application_id",
            "action",
            "handler",
            "description",
            "max_retries",
            "envelope",
            "passphrase",
            "cursor",
            "reached",
            "paused",
            "timestamped",
            "deleted_at"));
    try (ResultSet row = upstream.subscriptions()) {
      while (row.next()) {
        subscription(row);
      }
    }
  }

  private void subscription(ResultSet row) throws SQLException {
    long id = row.getLong("id");
    String who = row.getString("application");
    String which = id + " (" + who + ", " + row.getString("action") + ")";
    Long application = applications.get(who);
    if (id < 1 || id > DeliveryRow.MAX_SUBSCRIPTION) {
      throw new AdminException("subscription " + id + " has an id that is not allowed here");
    }
    if (application == null) {
      tally.refused("subscriptions", which, "its application is not there");
      return;
    }
    boolean active = row.getInt("active") != 0;
    String description = row.getString("description");
    int retries = row.getInt("max_retries");
    long since = time("subscriptions", which, row);
    subscriptions.put(id, new UpstreamSubscription(id, retries, active, since));
    rows.row(
        id,
        application,
        row.getString("action"),
        row.getString("handler"),
        description == null || description.isEmpty() ? null : description,
        (long) retries,
        0L,
        unfit.contains(who) ? 0L : 1L,
        head,
        head,
        disabled.contains(who) ? 1L : 0L,
        since,
        active ? null : now);
    imported("subscriptions");
    if (!active) {
      tally.adapted("subscriptions", which, "unsubscribed upstream: ended here, kept on record");
    }
    checks.handler(which, row.getString("handler"));
    if (upstream.has("events", "metadata")) {
      tally.note(
          "subscriptions",
          which,
          "upstream sends {action, metadata, payload}, here the body is the payload alone");
    }
  }

  private void gists() throws SQLException {
    rows.table("deliveries", UpstreamSubscription.COLUMNS);
    try (ResultSet row = upstream.gists()) {
      while (row.next()) {
        long event = row.getLong("event_id");
        boolean lost = row.wasNull() || refusedEvents.contains(event);
        UpstreamSubscription subscription = subscriptions.get(row.getLong("subscription_id"));
        String gist = row.getString("gist");
        if (lost || subscription == null) {
          tally.refused("gists", gist, "its event or its subscription is not there");
          continue;
        }
        rows.row(subscription.delivery(event, gist, row, upstream.sleepUntil(row), tally, now));
        imported("gists");
      }
    }
  }

  private void lost() throws SQLException {
    try (ResultSet row = upstream.without()) {
      while (row.next()) {
        UpstreamSubscription subscription = subscriptions.get(row.getLong("subscription_id"));
        if (subscription != null && subscription.active() && isLost(subscription, row)) {
          tally.note(
              "gists",
              "event " + row.getLong("event_id") + " for " + subscription.id(),
              "upstream stored the event and lost this delivery; it is not made here either");
        }
      }
    }
  }

  /** A subscription gets what comes after it was made, and after the first that it got. */
  private static boolean isLost(UpstreamSubscription subscription, ResultSet row)
      throws SQLException {
    if (row.getInt("after_first") != 0) {
      return true;
    }
    Long at = UpstreamTime.millis(row.getString("timestamped"));
    return at != null && at >= subscription.since();
  }

  /** What has no place here. */
  private void leftBehind() throws SQLException {
    Set<String> brought =
        Set.of("applications", "actions", "events", "subscriptions", "gists", "credentials");
    for (String table : upstream.tables()) {
      if (!brought.contains(table)) {
        long count = upstream.count(table);
        if (count > 0) {
          tally.note(table, count + " rows", "is not imported");
        }
      }
    }
  }

  private void imported(String table) {
    tally.imported(table);
    if (++done % REPORTED == 0) {
      progress.at(table, done);
    }
  }

  private long time(String table, String which, ResultSet row) throws SQLException {
    Long millis = UpstreamTime.millis(row.getString("timestamped"));
    if (millis == null) {
      tally.adapted(table, which, "its time cannot be read: the import's was taken");
      return now;
    }
    return millis;
  }
}
