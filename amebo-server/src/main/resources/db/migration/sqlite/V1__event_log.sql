-- Times are milliseconds since the epoch, unless the name says otherwise.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE credentials (
  username      TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL,
  timestamped   INTEGER NOT NULL
) STRICT;

CREATE TABLE applications (
  id          INTEGER PRIMARY KEY,
  application TEXT NOT NULL UNIQUE,
  address     TEXT NOT NULL,
  secret      BLOB NOT NULL,
  timestamped INTEGER NOT NULL
) STRICT;

CREATE TABLE actions (
  id             INTEGER PRIMARY KEY,
  action         TEXT NOT NULL UNIQUE,
  application_id INTEGER NOT NULL REFERENCES applications (id),
  schemata       TEXT NOT NULL,
  timestamped    INTEGER NOT NULL
) STRICT;

-- The log. Ids are given by the one writer, without gaps, in commit order.
CREATE TABLE events (
  id               INTEGER PRIMARY KEY,
  action_id        INTEGER NOT NULL REFERENCES actions (id),
  deduper          TEXT,
  payload          TEXT NOT NULL,
  ordering_key     TEXT,
  source_system    TEXT,
  source_stream    TEXT,
  source_partition INTEGER,
  source_offset    INTEGER,
  sleep_until      INTEGER, -- seconds since the epoch
  timestamped      INTEGER NOT NULL
) STRICT;

-- The deduper comes first, so that a lookup by deduper alone uses the index too.
CREATE UNIQUE INDEX events_deduper ON events (deduper, action_id);

-- A subscription is a cursor over the log: every matching event up to the cursor has a delivery row.
-- AUTOINCREMENT: an id is part of its deliveries' ids and is never given twice.
CREATE TABLE subscriptions (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  application_id INTEGER NOT NULL REFERENCES applications (id),
  action         TEXT NOT NULL,
  handler        TEXT NOT NULL,
  description    TEXT,
  max_retries    INTEGER NOT NULL,
  envelope       INTEGER NOT NULL,
  passphrase     INTEGER NOT NULL,
  cursor         INTEGER NOT NULL,
  reached        INTEGER NOT NULL, -- no delivery row is beyond it
  timestamped    INTEGER NOT NULL,
  deleted_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX subscriptions_once ON subscriptions (application_id, action, handler)
  WHERE deleted_at IS NULL;

-- What has happened to one event for one subscription. The id is (event_id << 20) | subscription_id.
CREATE TABLE deliveries (
  id              INTEGER PRIMARY KEY,
  subscription_id INTEGER NOT NULL,
  event_id        INTEGER NOT NULL,
  state           TEXT NOT NULL, -- delivered | retrying | waiting | dead
  attempts        INTEGER NOT NULL,
  next_attempt_at INTEGER,
  last_status     INTEGER,
  last_error      TEXT,
  timestamped     INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_open ON deliveries (subscription_id, state, event_id)
  WHERE state <> 'delivered';
