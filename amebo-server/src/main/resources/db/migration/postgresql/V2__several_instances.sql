-- Key rotation: until previous_until (milliseconds since the epoch) webhooks are signed with both secrets.
ALTER TABLE applications ADD COLUMN previous_secret BYTEA;
ALTER TABLE applications ADD COLUMN previous_until BIGINT;

-- Retention; null keeps for ever.
ALTER TABLE actions ADD COLUMN retain_millis BIGINT;
ALTER TABLE actions ADD COLUMN retain_bytes BIGINT;

-- The publisher's W3C traceparent.
ALTER TABLE events ADD COLUMN traceparent TEXT;

-- ordered: one call at a time for each of the events' keys.
ALTER TABLE subscriptions ADD COLUMN paused BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE subscriptions ADD COLUMN ordered BOOLEAN NOT NULL DEFAULT false;

-- A subscription that starts at a consumer group's offsets: events of a partition before its offset are passed over.
CREATE TABLE subscription_positions (
  subscription_id  BIGINT NOT NULL,
  source_system    TEXT NOT NULL,
  source_stream    TEXT NOT NULL,
  source_partition BIGINT NOT NULL,
  source_offset    BIGINT NOT NULL,
  PRIMARY KEY (subscription_id, source_system, source_stream, source_partition)
);

-- The beginning of what the receiver last answered.
ALTER TABLE deliveries ADD COLUMN response TEXT;

-- Servers that share this database. Expiry is by the database's clock. One that is leaving takes no more subscriptions.
CREATE TABLE instances (
  id         TEXT PRIMARY KEY,
  expires_at TIMESTAMPTZ NOT NULL,
  leaving    BOOLEAN NOT NULL DEFAULT false
) WITH (fillfactor = 50);

-- Who drives a subscription. The token grows with every new holder; a result is written only under the token it was begun with.
CREATE TABLE leases (
  subscription_id BIGINT PRIMARY KEY,
  holder          TEXT,
  token           BIGINT NOT NULL
) WITH (fillfactor = 50);
