-- A SQLite database of schema version 1, written by the server as it was then.
CREATE TABLE actions (
  id             INTEGER PRIMARY KEY,
  action         TEXT NOT NULL UNIQUE,
  application_id INTEGER NOT NULL REFERENCES applications (id),
  schemata       TEXT NOT NULL,
  timestamped    INTEGER NOT NULL
) STRICT;
INSERT INTO "actions" VALUES(1,'user.created',1,'{"type":"object","required":["id"]}',1795381650802);
CREATE TABLE applications (
  id          INTEGER PRIMARY KEY,
  application TEXT NOT NULL UNIQUE,
  address     TEXT NOT NULL,
  secret      BLOB NOT NULL,
  timestamped INTEGER NOT NULL
) STRICT;
INSERT INTO "applications" VALUES(1,'shop','http://127.0.0.1:9',X'0192C4EEB8B61CD92DAFA4D87B9272AAB614C8D263BF6FEBC378521C54786582B0758B9A298E6350FF565C8223D5561CBDA9E35E06AE16',1795381650515);
INSERT INTO "applications" VALUES(2,'mailer','http://127.0.0.1:39711',X'017D1A15CED66B5D7B6FF4F1AAA5DC97948B19D0F3522E6D84923AACC6E9D380A584F7738E98D5693BF7FA58AFDA2B1C6BCC593EF73668508B',1795381650530);
CREATE TABLE credentials (
  username      TEXT PRIMARY KEY,
  password_hash TEXT NOT NULL,
  timestamped   INTEGER NOT NULL
) STRICT;
INSERT INTO "credentials" VALUES('admin','$2a$10$TzJZjgcapr6oRmJ6fX4RhuddIQijlNLWZWgRGs1GMcR6PFcGg4eOS',1795381649686);
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
INSERT INTO "deliveries" VALUES(1048577,1,1,'delivered',1,NULL,200,NULL,1795381651425);
INSERT INTO "deliveries" VALUES(2097153,1,2,'delivered',1,NULL,200,NULL,1795381651426);
INSERT INTO "deliveries" VALUES(3145729,1,3,'dead',2,NULL,500,'the receiver answered 500',1795381652178);
INSERT INTO "deliveries" VALUES(4194305,1,4,'delivered',1,NULL,200,NULL,1795381651430);
INSERT INTO "deliveries" VALUES(5242881,1,5,'delivered',1,NULL,200,NULL,1795381651476);
INSERT INTO "deliveries" VALUES(6291457,1,6,'waiting',0,4102444800000,NULL,NULL,1795381651400);
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
INSERT INTO "events" VALUES(1,1,'d1','{"id": 1, "name": "Zo\u00eb"}',NULL,NULL,NULL,NULL,NULL,NULL,1795381650848);
INSERT INTO "events" VALUES(2,1,'d2','{"id": 2, "name": "Zo\u00eb"}',NULL,NULL,NULL,NULL,NULL,NULL,1795381650953);
INSERT INTO "events" VALUES(3,1,'d3','{"id": 3, "name": "bad"}',NULL,NULL,NULL,NULL,NULL,NULL,1795381650993);
INSERT INTO "events" VALUES(4,1,'d4','{"id": 4, "name": "Zo\u00eb"}',NULL,NULL,NULL,NULL,NULL,NULL,1795381651030);
INSERT INTO "events" VALUES(5,1,'d5','{"id": 5, "name": "Zo\u00eb"}',NULL,NULL,NULL,NULL,NULL,NULL,1795381651181);
INSERT INTO "events" VALUES(6,1,'late','{"id": 6}',NULL,NULL,NULL,NULL,NULL,4102444800,1795381651357);
CREATE TABLE "flyway_schema_history" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
);
INSERT INTO "flyway_schema_history" VALUES(1,'1','event log','SQL','V1__event_log.sql',523356515,'','2026-11-22 21:07:27.043',2,1);
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO "settings" VALUES('transaction','02216785-6551-492e-a40c-efec99ebcfdd/15');
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
INSERT INTO "subscriptions" VALUES(1,2,'user.*','/hook',NULL,1,0,1,6,6,1795381650829,NULL);
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
CREATE UNIQUE INDEX events_deduper ON events (deduper, action_id);
CREATE UNIQUE INDEX subscriptions_once ON subscriptions (application_id, action, handler)
  WHERE deleted_at IS NULL;
CREATE INDEX deliveries_open ON deliveries (subscription_id, state, event_id)
  WHERE state <> 'delivered';
