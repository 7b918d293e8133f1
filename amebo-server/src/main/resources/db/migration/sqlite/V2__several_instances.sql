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

-- The beginning of what the receiver last answered.
ALTER TABLE deliveries ADD COLUMN response TEXT;
