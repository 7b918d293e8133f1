-- Written by Amebo 0.9.6 on PostgreSQL: the tables that hold the broker's data.
CREATE SCHEMA _amebo_;
CREATE TABLE _amebo_.actions (
    rowid integer NOT NULL,
    action text NOT NULL,
    application text NOT NULL,
    schemata text NOT NULL,
    family text,
    status text DEFAULT 'active'::text NOT NULL,
    successor text,
    compatibility text DEFAULT 'BACKWARD'::text NOT NULL,
    schema_hash text,
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
    secret text DEFAULT ''::text NOT NULL,
    apikey text,
    active integer DEFAULT 1 NOT NULL,
    timestamped text NOT NULL,
    apikey_prefix text,
    rotated_at text,
    description text DEFAULT ''::text NOT NULL
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
    event uuid DEFAULT gen_random_uuid() NOT NULL,
    action text NOT NULL,
    deduper text NOT NULL,
    payload text NOT NULL,
    metadata text,
    timestamped text NOT NULL,
    publisher text DEFAULT ''::text NOT NULL,
    bytes integer DEFAULT 0 NOT NULL,
    spelled integer DEFAULT 0 NOT NULL,
    trace_id text DEFAULT ''::text NOT NULL
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
    gist uuid DEFAULT gen_random_uuid() NOT NULL,
    event uuid,
    subscription uuid,
    completed integer DEFAULT 0 NOT NULL,
    acknowledged integer DEFAULT 0 NOT NULL,
    sleep_until timestamp with time zone,
    retries integer NOT NULL,
    timestamped text NOT NULL,
    last_status_code integer,
    last_error text,
    last_attempted_at timestamp with time zone,
    dead_at timestamp with time zone,
    exhausted_at timestamp with time zone,
    last_ms integer
);
ALTER TABLE _amebo_.gists ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.gists_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.redactions (
    rowid integer NOT NULL,
    action text NOT NULL,
    field_path text NOT NULL,
    timestamped text NOT NULL
);
ALTER TABLE _amebo_.redactions ALTER COLUMN rowid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _amebo_.redactions_rowid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _amebo_.subscriptions (
    rowid integer NOT NULL,
    subscription uuid DEFAULT gen_random_uuid() NOT NULL,
    application text NOT NULL,
    action text NOT NULL,
    max_retries integer DEFAULT 3 NOT NULL,
    handler text NOT NULL,
    description text,
    active integer DEFAULT 1 NOT NULL,
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
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, 'amebo.v1.gist_dead_lettered', 'amebo', '{"type":"object","required":["gist","event","action","subscription","subscriber","handler","attempts","dead_at"],"properties":{"gist":{"type":"string"},"event":{"type":"string"},"action":{"type":"string"},"subscription":{"type":"string"},"subscriber":{"type":"string"},"handler":{"type":"string"},"attempts":{"type":"integer"},"last_status_code":{"type":["integer","null"]},"last_error":{"type":["string","null"]},"published_at":{"type":["string","null"]},"dead_at":{"type":"string"}}}', 'amebo.gist_dead_lettered', 'active', NULL, 'BACKWARD', 'c79605aa898fa2a6ceb45127768c92ce9c1ce60a2456a5e3f07ba6ada5221a4f', '2026-11-22T20:35:22.729385');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, 'amebo.v1.threshold_breached', 'amebo', '{"type":"object","required":["rule","name","service","metric","threshold","value","state"],"properties":{"rule":{"type":"string"},"name":{"type":"string"},"service":{"type":"string"},"route":{"type":"string"},"metric":{"type":"string"},"comparator":{"type":"string"},"threshold":{"type":"integer"},"value":{"type":"integer"},"window_secs":{"type":"integer"},"state":{"type":"string"},"summary":{"type":"string"},"observed":{"type":"object"}}}', 'amebo.threshold_breached', 'active', NULL, 'BACKWARD', 'aa897af36fc33510e4ce64c1a364620fbe6521cc931f985988e15f636fc4b3c4', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 'amebo.v1.threshold_recovered', 'amebo', '{"type":"object","required":["rule","name","service","metric","threshold","value","state"],"properties":{"rule":{"type":"string"},"name":{"type":"string"},"service":{"type":"string"},"route":{"type":"string"},"metric":{"type":"string"},"comparator":{"type":"string"},"threshold":{"type":"integer"},"value":{"type":"integer"},"window_secs":{"type":"integer"},"state":{"type":"string"},"summary":{"type":"string"},"observed":{"type":"object"}}}', 'amebo.threshold_recovered', 'active', NULL, 'BACKWARD', 'aa897af36fc33510e4ce64c1a364620fbe6521cc931f985988e15f636fc4b3c4', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, 'vcs.v1.push', 'amebo', '{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}', 'vcs.push', 'active', NULL, 'BACKWARD', '162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (5, 'vcs.v1.deployment', 'amebo', '{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}', 'vcs.deployment', 'active', NULL, 'BACKWARD', '162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (6, 'vcs.v1.release', 'amebo', '{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}', 'vcs.release', 'active', NULL, 'BACKWARD', '162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (7, 'vcs.v1.pull_request', 'amebo', '{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}', 'vcs.pull_request', 'active', NULL, 'BACKWARD', '162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3', '2026-11-22T20:35:23.724824');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (8, 'user.v1.created', 'shop', '{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]}', 'user.created', 'active', NULL, 'BACKWARD', '16b2b12bbdb777847c4ad3d509c40d9211c2e3cd889caaf67429509ac341702c', '2026-11-22T20:35:27.989783');
INSERT INTO _amebo_.actions (rowid, action, application, schemata, family, status, successor, compatibility, schema_hash, timestamped) OVERRIDING SYSTEM VALUE VALUES (9, 'order.v1.paid', 'shop', '{"type":"object"}', 'order.paid', 'active', NULL, 'BACKWARD', 'a2c799262a3ce3c19ef5cdd983bf3d12b43ab3c426227091b909dcb7054738c0', '2026-11-22T20:35:28.005252');
INSERT INTO _amebo_.applications (rowid, application, address, secret, apikey, active, timestamped, apikey_prefix, rotated_at, description) OVERRIDING SYSTEM VALUE VALUES (1, 'amebo', '', '73d4256bf7298b2be801fc99517be672dd73b1b54c797a38ef090d2ce1e9893d', NULL, 1, '2026-11-22T20:35:22.729385', NULL, NULL, '');
INSERT INTO _amebo_.applications (rowid, application, address, secret, apikey, active, timestamped, apikey_prefix, rotated_at, description) OVERRIDING SYSTEM VALUE VALUES (3, 'shop', 'http://127.0.0.1:39471/', 'shop-secret-0123456789', '$2b$12$CAL48vA0I9F2LSEVJE0yLOl8Az6wOXK21Mvcut1yqg7wybnEX4ZHW', 1, '2026-11-22T20:35:26.812908', 'amebo_a3bb2943a5', NULL, '');
INSERT INTO _amebo_.applications (rowid, application, address, secret, apikey, active, timestamped, apikey_prefix, rotated_at, description) OVERRIDING SYSTEM VALUE VALUES (4, 'mailer', 'http://127.0.0.1:39471/', 'mailer-secret-0123456789', '$2b$12$58UEzbTjVq4IFuIbQBw4K.TFoQJrwX5BH.mDT4ihRoIrS54vn1QHC', 1, '2026-11-22T20:35:27.399284', 'amebo_e01adff633', NULL, '');
INSERT INTO _amebo_.applications (rowid, application, address, secret, apikey, active, timestamped, apikey_prefix, rotated_at, description) OVERRIDING SYSTEM VALUE VALUES (5, 'billing', 'http://127.0.0.1:39471/', 'billing-secret-0123456789', '$2b$12$KlHgqrvkpIS1dHYaYd8amubTLPiulMNWFU15p8j8As7vqjhzBG/CK', 1, '2026-11-22T20:35:27.652429', 'amebo_9ed9a1b714', NULL, '');
INSERT INTO _amebo_.applications (rowid, application, address, secret, apikey, active, timestamped, apikey_prefix, rotated_at, description) OVERRIDING SYSTEM VALUE VALUES (6, 'closed', 'http://127.0.0.1:39471/', 'closed-secret-0123456789', '$2b$12$gc0hfDsPR71jUahwXzsywu/dhKzeF3nDVG5ALubqwo3d3F9tgi6JK', 0, '2026-11-22T20:35:27.923962', 'amebo_4ea5e41482', NULL, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (1, 'ec2500a6-ff53-4377-bcbc-3d4842983b15', 'user.v1.created', 'before-anyone', '{"id":1}', '{}', '2026-11-22T20:35:28.038348', 'admin-key', 8, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (2, '473ac0de-bd56-491f-8746-5153a0d6756a', 'user.v1.created', 'u2', '{"id":2,"name":"Zoë 🎉 2"}', '{"tenant":"t1"}', '2026-11-22T20:35:28.084401', 'admin-key', 29, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (3, '07943533-6808-4af3-8e9e-9873ed1e4c57', 'user.v1.created', 'u3', '{"id":3,"name":"Zoë 🎉 3"}', '{"tenant":"t1"}', '2026-11-22T20:35:28.093193', 'admin-key', 29, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (4, '9a37bb99-330a-46f0-a07e-5b07fa42c96d', 'user.v1.created', 'u4', '{"id":4,"name":"Zoë 🎉 4"}', '{"tenant":"t1"}', '2026-11-22T20:35:28.101298', 'admin-key', 29, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (5, 'b432ef54-632e-42bb-80ce-bb59a9e78d24', 'order.v1.paid', 'o1', '{"amount":12.5}', '{}', '2026-11-22T20:35:28.109947', 'admin-key', 15, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (6, '63fb1202-66c4-43e4-a70f-e5cbf22170a6', 'order.v1.paid', 'o1', '{"amount":13}', '{}', '2026-11-22T20:35:28.119554', 'admin-key', 13, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (7, '4f51af98-86a2-4f6e-8204-de28934d3c45', 'order.v1.paid', 'late', '{"amount":14}', '{}', '2026-11-22T20:35:28.127983', 'admin-key', 13, 1, '');
INSERT INTO _amebo_.events (rowid, event, action, deduper, payload, metadata, timestamped, publisher, bytes, spelled, trace_id) OVERRIDING SYSTEM VALUE VALUES (8, '948052dd-1f06-4624-8e36-bb9ea341fae1', 'order.v1.paid', 'o2', '{"amount":15}', '{}', '2026-11-22T20:35:28.136394', 'admin-key', 13, 1, '');
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (10, '72898dcd-0320-4d2b-a71d-16014166a6a6', '63fb1202-66c4-43e4-a70f-e5cbf22170a6', 'a76eb17d-1567-4455-8f83-556235091a01', 0, 0, '2026-11-23 20:35:28.119559+00', 0, '2026-11-22T20:35:28.119554', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (11, '3c0b439e-274c-4bd6-945c-744c794d4499', '63fb1202-66c4-43e4-a70f-e5cbf22170a6', '87f48429-0976-400a-b186-3aeaa09148d2', 0, 0, '2026-11-23 20:35:28.119559+00', 0, '2026-11-22T20:35:28.119554', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (12, '74084cb7-b203-4ca9-a874-34014f2bb1ee', '63fb1202-66c4-43e4-a70f-e5cbf22170a6', '762e7082-2c5a-47b6-97e8-2ccda64fa15b', 0, 0, '2026-11-23 20:35:28.119559+00', 0, '2026-11-22T20:35:28.119554', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (13, '3a1d9403-3225-407d-a92e-010d9473d610', '4f51af98-86a2-4f6e-8204-de28934d3c45', 'a76eb17d-1567-4455-8f83-556235091a01', 0, 0, '2026-12-02 20:35:28.127989+00', 0, '2026-11-22T20:35:28.127983', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (14, 'f774d5d6-db9e-4481-8758-55cb7714bea1', '4f51af98-86a2-4f6e-8204-de28934d3c45', '87f48429-0976-400a-b186-3aeaa09148d2', 0, 0, '2026-12-02 20:35:28.127989+00', 0, '2026-11-22T20:35:28.127983', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (15, '4624d44b-354a-48eb-a7cd-6b963873440a', '4f51af98-86a2-4f6e-8204-de28934d3c45', '762e7082-2c5a-47b6-97e8-2ccda64fa15b', 0, 0, '2026-12-02 20:35:28.127989+00', 0, '2026-11-22T20:35:28.127983', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (16, '86675a35-fb07-4a48-b964-fd0107c8005a', '948052dd-1f06-4624-8e36-bb9ea341fae1', 'a76eb17d-1567-4455-8f83-556235091a01', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.136394', 200, NULL, '2026-11-22 20:35:29.126073+00', NULL, NULL, 12);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (3, '2ea529a0-ecb4-4ebb-8bd2-4c6104c91030', '07943533-6808-4af3-8e9e-9873ed1e4c57', '8ebeb275-bf7f-48f8-bb64-fb34dfb7eff2', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.093193', 200, NULL, '2026-11-22 20:35:29.126262+00', NULL, NULL, 69);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (18, '9f9f4945-4166-4bbe-b382-4f51878fdbf4', '948052dd-1f06-4624-8e36-bb9ea341fae1', '762e7082-2c5a-47b6-97e8-2ccda64fa15b', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.136394', 200, NULL, '2026-11-22 20:35:29.126321+00', NULL, NULL, 12);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (17, 'bb8ce514-89a7-483d-977a-94d30bf76cdb', '948052dd-1f06-4624-8e36-bb9ea341fae1', '87f48429-0976-400a-b186-3aeaa09148d2', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.136394', 200, NULL, '2026-11-22 20:35:29.126295+00', NULL, NULL, 12);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (2, '59b3005c-704d-4888-bfc9-1e33ba893522', '473ac0de-bd56-491f-8746-5153a0d6756a', '1dab7e7c-beb5-4d43-a526-376bfec4133c', 0, 0, '2026-11-22 20:35:39.126348+00', 1, '2026-11-22T20:35:28.084401', 500, 'no', '2026-11-22 20:35:29.126346+00', NULL, NULL, 11);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (1, '87ab7779-0916-4eca-bf81-c117b31f73fb', '473ac0de-bd56-491f-8746-5153a0d6756a', '8ebeb275-bf7f-48f8-bb64-fb34dfb7eff2', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.084401', 200, NULL, '2026-11-22 20:35:29.128971+00', NULL, NULL, 12);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (4, '58e68dfe-f478-44cb-be6e-608bf780eee6', '07943533-6808-4af3-8e9e-9873ed1e4c57', '1dab7e7c-beb5-4d43-a526-376bfec4133c', 0, 0, '2026-11-22 20:35:39.129105+00', 1, '2026-11-22T20:35:28.093193', 500, 'no', '2026-11-22 20:35:29.129101+00', NULL, NULL, 12);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (7, '7868e256-28e1-40e5-b2e8-61900c9ef85f', 'b432ef54-632e-42bb-80ce-bb59a9e78d24', 'a76eb17d-1567-4455-8f83-556235091a01', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.109947', 200, NULL, '2026-11-22 20:35:30.143391+00', NULL, NULL, 1025);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (5, 'd92a5180-39d4-46d4-bf89-ae862dbb8d6c', '9a37bb99-330a-46f0-a07e-5b07fa42c96d', '8ebeb275-bf7f-48f8-bb64-fb34dfb7eff2', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.101298', 200, NULL, '2026-11-22 20:35:30.14424+00', NULL, NULL, 1031);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (9, '29afde5d-acf9-4c6f-90fa-75772e57c7b2', 'b432ef54-632e-42bb-80ce-bb59a9e78d24', '762e7082-2c5a-47b6-97e8-2ccda64fa15b', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.109947', 200, NULL, '2026-11-22 20:35:30.143501+00', NULL, NULL, 1027);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (6, '5bf55387-1337-43c1-82d1-4b50968b92c2', '9a37bb99-330a-46f0-a07e-5b07fa42c96d', '1dab7e7c-beb5-4d43-a526-376bfec4133c', 0, 0, '2026-11-22 20:35:40.144081+00', 1, '2026-11-22T20:35:28.101298', 500, 'no', '2026-11-22 20:35:30.144073+00', NULL, NULL, 1030);
INSERT INTO _amebo_.gists (rowid, gist, event, subscription, completed, acknowledged, sleep_until, retries, timestamped, last_status_code, last_error, last_attempted_at, dead_at, exhausted_at, last_ms) OVERRIDING SYSTEM VALUE VALUES (8, '1b649046-d0ba-4721-bbfe-bbe649fded2c', 'b432ef54-632e-42bb-80ce-bb59a9e78d24', '87f48429-0976-400a-b186-3aeaa09148d2', 1, 0, '2026-11-22 20:36:29.045544+00', 1, '2026-11-22T20:35:28.109947', 200, NULL, '2026-11-22 20:35:30.143637+00', NULL, NULL, 1028);
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, active, timestamped) OVERRIDING SYSTEM VALUE VALUES (1, '8ebeb275-bf7f-48f8-bb64-fb34dfb7eff2', 'mailer', 'user.v1.created', 3, 'http://127.0.0.1:39471/ok/users', '', 1, '2026-11-22T20:35:28.049636+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, active, timestamped) OVERRIDING SYSTEM VALUE VALUES (2, '1dab7e7c-beb5-4d43-a526-376bfec4133c', 'billing', 'user.v1.created', 2, 'http://127.0.0.1:39471/bad/users', '', 1, '2026-11-22T20:35:28.057256+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, active, timestamped) OVERRIDING SYSTEM VALUE VALUES (3, 'a76eb17d-1567-4455-8f83-556235091a01', 'mailer', 'order.v1.paid', 5, 'http://127.0.0.1:39471/ok/orders', '', 1, '2026-11-22T20:35:28.064174+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, active, timestamped) OVERRIDING SYSTEM VALUE VALUES (4, '87f48429-0976-400a-b186-3aeaa09148d2', 'mailer', 'order.v1.paid', 5, 'http://127.0.0.1:39471/ok/gone', '', 1, '2026-11-22T20:35:28.071474+00:00');
INSERT INTO _amebo_.subscriptions (rowid, subscription, application, action, max_retries, handler, description, active, timestamped) OVERRIDING SYSTEM VALUE VALUES (5, '762e7082-2c5a-47b6-97e8-2ccda64fa15b', 'closed', 'order.v1.paid', 5, 'http://127.0.0.1:39471/ok/closed', '', 1, '2026-11-22T20:35:28.078662+00:00');
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
    ADD CONSTRAINT gists_pkey PRIMARY KEY (gist);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.redactions
    ADD CONSTRAINT redactions_action_field_path_key UNIQUE (action, field_path);
ALTER TABLE ONLY _amebo_.redactions
    ADD CONSTRAINT redactions_rowid_key UNIQUE (rowid);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_application_action_handler_key UNIQUE (application, action, handler);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (subscription);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_rowid_key UNIQUE (rowid);
CREATE INDEX actions_family_idx ON _amebo_.actions USING btree (family);
CREATE INDEX applications_apikey_prefix_idx ON _amebo_.applications USING btree (apikey_prefix);
CREATE INDEX events_action_idx ON _amebo_.events USING btree (action);
CREATE INDEX events_spelled_idx ON _amebo_.events USING btree (spelled);
CREATE INDEX events_timestamped_idx ON _amebo_.events USING btree (timestamped);
CREATE INDEX gists_event_idx ON _amebo_.gists USING btree (event);
CREATE INDEX gists_subscription_idx ON _amebo_.gists USING btree (subscription);
CREATE INDEX subscriptions_action_idx ON _amebo_.subscriptions USING btree (action);
ALTER TABLE ONLY _amebo_.actions
    ADD CONSTRAINT actions_application_fkey FOREIGN KEY (application) REFERENCES _amebo_.applications(application);
ALTER TABLE ONLY _amebo_.events
    ADD CONSTRAINT events_action_fkey FOREIGN KEY (action) REFERENCES _amebo_.actions(action);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_event_fkey FOREIGN KEY (event) REFERENCES _amebo_.events(event);
ALTER TABLE ONLY _amebo_.gists
    ADD CONSTRAINT gists_subscription_fkey FOREIGN KEY (subscription) REFERENCES _amebo_.subscriptions(subscription);
ALTER TABLE ONLY _amebo_.redactions
    ADD CONSTRAINT redactions_action_fkey FOREIGN KEY (action) REFERENCES _amebo_.actions(action);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_action_fkey FOREIGN KEY (action) REFERENCES _amebo_.actions(action);
ALTER TABLE ONLY _amebo_.subscriptions
    ADD CONSTRAINT subscriptions_application_fkey FOREIGN KEY (application) REFERENCES _amebo_.applications(application);
