-- Key rotation: until previous_until (milliseconds since the epoch) webhooks are signed with both secrets.
ALTER TABLE applications ADD COLUMN previous_secret BLOB;
ALTER TABLE applications ADD COLUMN previous_until INTEGER;

-- Retention; null keeps for ever.
ALTER TABLE actions ADD COLUMN retain_millis INTEGER;
ALTER TABLE actions ADD COLUMN retain_bytes INTEGER;

-- The publisher's W3C traceparent.
ALTER TABLE events ADD COLUMN traceparent TEXT;

-- ordered: one call at a time for each of the events' keys.
ALTER TABLE subscriptions ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0;

-- A subscription that starts at a consumer group's offsets: events of a partition before its offset are passed over.
CREATE TABLE subscription_positions (
  subscription_id  INTEGER NOT NULL,
  source_system    TEXT NOT NULL,
  source_stream    TEXT NOT NULL,
  source_partition INTEGER NOT NULL,
  source_offset    INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, source_system, source_stream, source_partition)
) STRICT;

-- A rewind that is under way: rows above this event go, then the cursor stands there.
ALTER TABLE subscriptions ADD COLUMN rewind_to INTEGER;

-- The beginning of what the receiver last answered.
ALTER TABLE deliveries ADD COLUMN response TEXT;

-- The replay that last made it due again.
ALTER TABLE deliveries ADD COLUMN replay_id INTEGER;

-- What is open by when it is due: a driver keeps the nearest in memory and reads on from here.
CREATE INDEX deliveries_due ON deliveries (subscription_id, next_attempt_at, id)
  WHERE next_attempt_at IS NOT NULL;

CREATE INDEX deliveries_replay ON deliveries (replay_id, state) WHERE replay_id IS NOT NULL;

-- Many deliveries of a subscription made due again, in the order of their ids, at a rate.
CREATE TABLE replays (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription_id INTEGER NOT NULL,
  state           TEXT NOT NULL, -- running | done | cancelled
  of_state        TEXT NOT NULL, -- dead | delivered
  action          TEXT, -- a name or a pattern
  since           INTEGER,
  until           INTEGER,
  events          TEXT, -- ids as a JSON array
  per_second      INTEGER NOT NULL,
  most            INTEGER NOT NULL,
  matched         INTEGER NOT NULL,
  replayed        INTEGER NOT NULL,
  position        INTEGER NOT NULL, -- the last delivery that was looked at
  timestamped     INTEGER NOT NULL,
  ended_at        INTEGER
) STRICT;

CREATE UNIQUE INDEX replays_running ON replays (subscription_id) WHERE state = 'running';
