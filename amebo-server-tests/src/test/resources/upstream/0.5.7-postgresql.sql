-- Written by Amebo 0.5.7 on PostgreSQL: the tables that hold the broker's data.
CREATE SCHEMA _amebo_;
CREATE TABLE _amebo_.actions (
    rowid integer NOT NULL,
    action text NOT NULL,
    application text NOT NULL,
    schemata text NOT NULL,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.actions ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.actions_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.applications (
    rowid integer NOT NULL,
    application text NOT NULL,
    address text NOT NULL,
    secret text NOT NULL,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.applications ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.applications_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.events (
    rowid integer NOT NULL,
    event integer NOT NULL,
    action text NOT NULL,
    deduper text NOT NULL,
    payload text NOT NULL,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.events ALTER COLUMN event ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.events_event_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE _amebo_.events ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.events_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.gists (
    rowid integer NOT NULL,
    event integer,
    subscription integer,
    completed integer NOT NULL,
    sleep_until timestamp with time zone,
    retries integer NOT NULL,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.gists ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.gists_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.subscriptions (
    rowid integer NOT NULL,
    subscription integer NOT NULL,
    application text NOT NULL,
    action text NOT NULL,
    max_retries integer DEFAULT 3 NOT NULL,
    handler text NOT NULL,
    description text,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.subscriptions ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.subscriptions_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE _amebo_.subscriptions ALTER COLUMN subscription ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.subscriptions_subscription_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
INSERT INTO _amebo_.actions (rowid, action, application, schemata, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 'user.created', 'shop', '{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]}', '2026-11-22T20:34:31.834950');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 'order.paid', 'shop', '"{\"type\": \"object\"}"', '2026-11-22T20:34:32.107601');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 'order.broken', 'shop', '{"type":"nonsense","properties":7}', '2026-11-22T20:34:32.149777');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, 'order shipped!', 'shop', '{"type":"object"}', '2026-11-22T20:34:32.190816');
INSERT INTO _amebo_.applications (rowid, application, address, secret, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 'shop', 'http://127.0.0.1:39471/', 'shop-secret-0123456789', '2026-11-22T20:34:31.732362');
INSERT INTO _amebo_.applications (rowid, application, address, secret, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 'mailer', 'http://127.0.0.1:39471/', 'mailer-secret-0123456789', '2026-11-22T20:34:31.766257');
INSERT INTO _amebo_.applications (rowid, application, address, secret, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 'billing', 'http://127.0.0.1:39471/', 'billing secret with spaces', '2026-11-22T20:34:31.781819');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'user.created', 'before-anyone', '{"id":1}', '2026-11-22T20:34:32.269624');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 2, 'user.created', 'u2', '{"id":2,"name":"Zoë 🎉 \"q\" \\ 2"}', '2026-11-22T20:34:32.482173');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 3, 'user.created', 'u3', '{"id":3,"name":"Zoë 🎉 \"q\" \\ 3"}', '2026-11-22T20:34:32.489428');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, 4, 'user.created', 'u4', '{"id":4,"name":"Zoë 🎉 \"q\" \\ 4"}', '2026-11-22T20:34:32.499641');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (5, 5, 'user.created', 'u5', '{"id":5,"name":"Zoë 🎉 \"q\" \\ 5"}', '2026-11-22T20:34:32.506053');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (6, 6, 'user.created', 'u6', '{"id":6,"name":"Zoë 🎉 \"q\" \\ 6"}', '2026-11-22T20:34:32.512017');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (7, 7, 'user.created', 'u7', '{"id":7,"name":"Zoë 🎉 \"q\" \\ 7"}', '2026-11-22T20:34:32.519419');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (8, 8, 'order.paid', 'o1', '{"amount":12.5,"big":12345678901234567890}', '2026-11-22T20:34:32.564494');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (9, 9, 'order.paid', 'u2', '{"amount":1}', '2026-11-22T20:34:32.688926');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (10, 10, 'order.paid', 'o1', '{"amount":13.0}', '2026-11-22T20:34:32.713356');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (11, 11, 'order.paid', 'late', '{"amount":14}', '2026-11-22T20:34:32.751087');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (12, 12, 'order.paid', 'lost', '{"amount":15}', '2026-11-22T20:34:32.807071');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (13, 13, 'order.paid', 'text', '{"amount":16}', '2026-11-22T20:34:32.860382');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, timestamped) OVERRIDING SYSTEM VALUE VALUES (14, 14, 'order shipped!', 's1', '{"id":1}', '2026-11-22T20:34:32.957729');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (17, 10, 3, 0, '2026-11-23 20:34:32.737195+00', 0, '2026-11-22T20:34:32.713356');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (18, 10, 4, 0, '2026-11-23 20:34:32.737195+00', 0, '2026-11-22T20:34:32.713356');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (19, 11, 3, 0, '2026-12-02 20:34:32.763995+00', 0, '2026-11-22T20:34:32.751087');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (20, 11, 4, 0, '2026-12-02 20:34:32.763995+00', 0, '2026-11-22T20:34:32.751087');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (21, 13, 3, 0, '2026-11-23 20:34:32.889266+00', 0, '2026-11-22T20:34:32.860382');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (22, 13, 4, 0, '2026-11-23 20:34:32.889266+00', 0, '2026-11-22T20:34:32.860382');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (15, 9, 3, 1, '2026-11-22 20:34:33.699489+00', 4, '2026-11-22T20:34:32.688926');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (23, 14, 5, 1, '2026-11-22 20:34:33.961955+00', 4, '2026-11-22T20:34:32.957729');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (14, 8, 4, 0, '2026-11-22 20:34:33.665469+00', 13, '2026-11-22T20:34:32.564494');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (16, 9, 4, 0, '2026-11-22 20:34:33.699489+00', 5, '2026-11-22T20:34:32.688926');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 2, 2, 0, '2026-11-22 20:34:33.484619+00', 14, '2026-11-22T20:34:32.482173');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, 3, 2, 0, '2026-11-22 20:34:33.49542+00', 12, '2026-11-22T20:34:32.489428');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (6, 4, 2, 0, '2026-11-22 20:34:33.501969+00', 9, '2026-11-22T20:34:32.499641');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (8, 5, 2, 0, '2026-11-22 20:34:33.508234+00', 7, '2026-11-22T20:34:32.506053');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (10, 6, 2, 0, '2026-11-22 20:34:33.514426+00', 7, '2026-11-22T20:34:32.512017');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (12, 7, 2, 0, '2026-11-22 20:34:33.526633+00', 7, '2026-11-22T20:34:32.519419');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 2, 1, 1, '2026-11-22 20:34:33.484619+00', 14, '2026-11-22T20:34:32.482173');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 3, 1, 1, '2026-11-22 20:34:33.49542+00', 14, '2026-11-22T20:34:32.489428');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (5, 4, 1, 1, '2026-11-22 20:34:33.501969+00', 14, '2026-11-22T20:34:32.499641');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (7, 5, 1, 1, '2026-11-22 20:34:33.508234+00', 14, '2026-11-22T20:34:32.506053');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (9, 6, 1, 1, '2026-11-22 20:34:33.514426+00', 7, '2026-11-22T20:34:32.512017');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (11, 7, 1, 1, '2026-11-22 20:34:33.526633+00', 7, '2026-11-22T20:34:32.519419');
INSERT INTO _amebo_.gists (rowid, event, subscription, completed, sleep_until, retries, timestamped) OVERRIDING SYSTEM VALUE VALUES (13, 8, 3, 1, '2026-11-22 20:34:33.665469+00', 7, '2026-11-22T20:34:32.564494');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'mailer', 'user.created', 3, 'http://127.0.0.1:39471/ok/users', NULL, '2026-11-22T20:34:32.411702+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 2, 'billing', 'user.created', 2, 'http://127.0.0.1:39471/bad/users', NULL, '2026-11-22T20:34:32.425668+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 3, 'mailer', 'order.paid', 5, 'http://127.0.0.1:39471/ok/orders', NULL, '2026-11-22T20:34:32.441472+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, 4, 'billing', 'order.paid', 10000, 'http://127.0.0.1:39471/bad/orders', NULL, '2026-11-22T20:34:32.472599+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, timestamped) OVERRIDING SYSTEM VALUE VALUES (5, 5, 'mailer', 'order shipped!', 3, 'http://127.0.0.1:39471/ok/shipped', NULL, '2026-11-22T20:34:32.478541+00:00');
ALTER TABLE ONLY _amebo_.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (action);
ALTER TABLE ONLY _amebo_.actions
    ADD CONSTRAINT actions_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.applications
    ADD CONSTRAINT applications_pkey PRIMARY KEY (application);
ALTER TABLE ONLY _amebo_.applications
    ADD CONSTRAINT applications_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.events
    ADD CONSTRAINT events_deduper_payload_key UNIQUE (deduper, payload);
ALTER TABLE ONLY _amebo_.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (event);
ALTER TABLE ONLY _amebo_.events
    ADD CONSTRAINT events_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_event_subscription_key UNIQUE (event, subscription);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_pkey PRIMARY KEY (rowid);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_application_action_handler_key UNIQUE (application, action, handler);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (subscription);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.actions
    ADD CONSTRAINT actions_application_fkey FOREIGN KEY (application) REFERENCES _amebo_.applications(application);
ALTER TABLE ONLY _amebo_.events
    ADD CONSTRAINT events_action_fkey FOREIGN KEY (action) REFERENCES _amebo_.actions(action);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_event_fkey FOREIGN KEY (event) REFERENCES _amebo_.events(event);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_subscription_fkey FOREIGN KEY (subscription) REFERENCES _amebo_.subscriptions(subscription);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_action_fkey FOREIGN KEY (action) REFERENCES _amebo_.actions(action);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_application_fkey FOREIGN KEY (application) REFERENCES _amebo_.applications(application);
