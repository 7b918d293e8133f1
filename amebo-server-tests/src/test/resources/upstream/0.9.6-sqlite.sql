-- Written by Amebo 0.9.6 on SQLite: the tables that hold the broker's data.
CREATE TABLE actions (
        action text primary key,
        application text NOT NULL REFERENCES applications(application),
        schemata text NOT NULL,
        family text,
        status text NOT NULL DEFAULT 'active',
        successor text,
        compatibility text NOT NULL DEFAULT 'BACKWARD',
        schema_hash text,
        timestamped text NOT NULL
    );
INSERT INTO "actions" VALUES('amebo.v1.gist_dead_lettered','amebo','{"type":"object","required":["gist","event","action","subscription","subscriber","handler","attempts","dead_at"],"properties":{"gist":{"type":"string"},"event":{"type":"string"},"action":{"type":"string"},"subscription":{"type":"string"},"subscriber":{"type":"string"},"handler":{"type":"string"},"attempts":{"type":"integer"},"last_status_code":{"type":["integer","null"]},"last_error":{"type":["string","null"]},"published_at":{"type":["string","null"]},"dead_at":{"type":"string"}}}','amebo.gist_dead_lettered','active',NULL,'BACKWARD','c79605aa898fa2a6ceb45127768c92ce9c1ce60a2456a5e3f07ba6ada5221a4f','2026-11-22T20:35:22.848543');
INSERT INTO "actions" VALUES('amebo.v1.threshold_breached','amebo','{"type":"object","required":["rule","name","service","metric","threshold","value","state"],"properties":{"rule":{"type":"string"},"name":{"type":"string"},"service":{"type":"string"},"route":{"type":"string"},"metric":{"type":"string"},"comparator":{"type":"string"},"threshold":{"type":"integer"},"value":{"type":"integer"},"window_secs":{"type":"integer"},"state":{"type":"string"},"summary":{"type":"string"},"observed":{"type":"object"}}}','amebo.threshold_breached','active',NULL,'BACKWARD','aa897af36fc33510e4ce64c1a364620fbe6521cc931f985988e15f636fc4b3c4','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('amebo.v1.threshold_recovered','amebo','{"type":"object","required":["rule","name","service","metric","threshold","value","state"],"properties":{"rule":{"type":"string"},"name":{"type":"string"},"service":{"type":"string"},"route":{"type":"string"},"metric":{"type":"string"},"comparator":{"type":"string"},"threshold":{"type":"integer"},"value":{"type":"integer"},"window_secs":{"type":"integer"},"state":{"type":"string"},"summary":{"type":"string"},"observed":{"type":"object"}}}','amebo.threshold_recovered','active',NULL,'BACKWARD','aa897af36fc33510e4ce64c1a364620fbe6521cc931f985988e15f636fc4b3c4','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('vcs.v1.push','amebo','{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}','vcs.push','active',NULL,'BACKWARD','162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('vcs.v1.deployment','amebo','{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}','vcs.deployment','active',NULL,'BACKWARD','162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('vcs.v1.release','amebo','{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}','vcs.release','active',NULL,'BACKWARD','162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('vcs.v1.pull_request','amebo','{"type":"object","required":["provider","kind","repo","at"],"properties":{"provider":{"type":"string"},"kind":{"type":"string"},"repo":{"type":"string"},"ref":{"type":"string"},"sha":{"type":"string"},"short_sha":{"type":"string"},"actor":{"type":"string"},"environment":{"type":"string"},"version":{"type":"string"},"state":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"summary":{"type":"string"},"at":{"type":"integer"},"raw":{"type":"object"}}}','vcs.pull_request','active',NULL,'BACKWARD','162493ecdc15d831f49b0080a6a631e60d17dea703146a86faccf4d28c0df3b3','2026-11-22T20:35:23.623976');
INSERT INTO "actions" VALUES('user.v1.created','shop','{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}},"required":["id"]}','user.created','active',NULL,'BACKWARD','16b2b12bbdb777847c4ad3d509c40d9211c2e3cd889caaf67429509ac341702c','2026-11-22T20:35:27.786489');
INSERT INTO "actions" VALUES('order.v1.paid','shop','{"type":"object"}','order.paid','active',NULL,'BACKWARD','a2c799262a3ce3c19ef5cdd983bf3d12b43ab3c426227091b909dcb7054738c0','2026-11-22T20:35:27.814836');
CREATE TABLE applications (
        application text primary key,
        address text NOT NULL,
        secret text NOT NULL DEFAULT '',
        apikey text,
        active integer NOT NULL DEFAULT 1,
        timestamped text NOT NULL
    , apikey_prefix text, rotated_at text, description text NOT NULL DEFAULT '');
INSERT INTO "applications" VALUES('amebo','','312e3dc82e9de501c65e09af71103afa67296111283076eec6708d59689445f0',NULL,1,'2026-11-22T20:35:22.848543',NULL,NULL,'');
INSERT INTO "applications" VALUES('shop','http://127.0.0.1:39471/','shop-secret-0123456789','$2b$12$FzGxdN/WQCj1oBuaqxYQou2FekWc7ZWrHR388IToVPccWALUzf3Ya',1,'2026-11-22T20:35:26.282610','amebo_b7b34b7e20',NULL,'');
INSERT INTO "applications" VALUES('mailer','http://127.0.0.1:39471/','mailer-secret-0123456789','$2b$12$WACz5jwvn4QmnoY85Qj3uuCluXsDn2Hazw8x0SALOeyT6D6dG8jMm',1,'2026-11-22T20:35:26.795173','amebo_5bc5cd35b2',NULL,'');
INSERT INTO "applications" VALUES('billing','http://127.0.0.1:39471/','billing-secret-0123456789','$2b$12$JNOWgGfY1bjdHNHjCbPQQOHfR6QRfV0CCjEwMSIEn2NuBL9YtINmi',1,'2026-11-22T20:35:27.470969','amebo_29c71e5853',NULL,'');
INSERT INTO "applications" VALUES('closed','http://127.0.0.1:39471/','closed-secret-0123456789','$2b$12$iyLOFbKdAWppygi7RDPjce4s1iQNz0f3YjVx88ZXkp0iUO4tFfypm',0,'2026-11-22T20:35:27.717792','amebo_fe6e13111f',NULL,'');
CREATE TABLE events (
        event text primary key NOT NULL,  -- uuid
        action text NOT NULL references actions(action),
        deduper text NOT NULL,
        payload text NOT NULL,
        metadata text,
        timestamped text NOT NULL, publisher text NOT NULL DEFAULT '', bytes integer NOT NULL DEFAULT 0, spelled integer NOT NULL DEFAULT 0, trace_id text NOT NULL DEFAULT '',

        UNIQUE(deduper, payload)
    );
INSERT INTO "events" VALUES('7efb33f88eae4a7db303054c3e2b9808','user.v1.created','before-anyone','{"id":1}','{}','2026-11-22T20:35:27.857090','admin-key',8,1,'');
INSERT INTO "events" VALUES('730032891fab48dda6e8d73704ed7afa','user.v1.created','u2','{"id":2,"name":"Zoë 🎉 2"}','{"tenant":"t1"}','2026-11-22T20:35:27.995366','admin-key',29,1,'');
INSERT INTO "events" VALUES('09af30be736040fabbae805e34c379f0','user.v1.created','u3','{"id":3,"name":"Zoë 🎉 3"}','{"tenant":"t1"}','2026-11-22T20:35:28.000721','admin-key',29,1,'');
INSERT INTO "events" VALUES('ac22357863af445686d1099fe785aa2a','user.v1.created','u4','{"id":4,"name":"Zoë 🎉 4"}','{"tenant":"t1"}','2026-11-22T20:35:28.007227','admin-key',29,1,'');
INSERT INTO "events" VALUES('a916ac7b478a431a859255db35fd9a09','order.v1.paid','o1','{"amount":12.5}','{}','2026-11-22T20:35:28.014291','admin-key',15,1,'');
INSERT INTO "events" VALUES('22f8abccd21543188cb35c3996350060','order.v1.paid','o1','{"amount":13}','{}','2026-11-22T20:35:28.022055','admin-key',13,1,'');
INSERT INTO "events" VALUES('e3eff4e207434eab8d972c405b2213eb','order.v1.paid','late','{"amount":14}','{}','2026-11-22T20:35:28.027520','admin-key',13,1,'');
INSERT INTO "events" VALUES('baac0754e7614345b346bfdc09ccd5da','order.v1.paid','o2','{"amount":15}','{}','2026-11-22T20:35:28.032046','admin-key',13,1,'');
CREATE TABLE gists (
        event text references events(event),
        subscription text references subscriptions(subscription),
        completed integer NOT NULL default 0,
        acknowledged integer NOT NULL default 0,
        retries integer NOT NULL,
        sleep_until text,
        timestamped text NOT NULL, last_status_code integer, last_error text, last_attempted_at text, dead_at text, exhausted_at text, last_ms integer,

        UNIQUE(event, subscription)
    );
INSERT INTO "gists" VALUES('730032891fab48dda6e8d73704ed7afa','ff674abed0bd4d4988f7ec8089815cda',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:27.995366',200,NULL,'2026-11-22T20:35:29.765312',NULL,NULL,105);
INSERT INTO "gists" VALUES('730032891fab48dda6e8d73704ed7afa','51cd3a51285646a5a3856aa216870aad',0,0,1,'2026-11-22T20:35:39.768661','2026-11-22T20:35:27.995366',500,'no','2026-11-22T20:35:29.768648',NULL,NULL,31);
INSERT INTO "gists" VALUES('09af30be736040fabbae805e34c379f0','ff674abed0bd4d4988f7ec8089815cda',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.000721',200,NULL,'2026-11-22T20:35:29.771451',NULL,NULL,33);
INSERT INTO "gists" VALUES('09af30be736040fabbae805e34c379f0','51cd3a51285646a5a3856aa216870aad',0,0,1,'2026-11-22T20:35:39.774314','2026-11-22T20:35:28.000721',500,'no','2026-11-22T20:35:29.774304',NULL,NULL,35);
INSERT INTO "gists" VALUES('ac22357863af445686d1099fe785aa2a','ff674abed0bd4d4988f7ec8089815cda',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.007227',200,NULL,'2026-11-22T20:35:29.777170',NULL,NULL,37);
INSERT INTO "gists" VALUES('ac22357863af445686d1099fe785aa2a','51cd3a51285646a5a3856aa216870aad',0,0,1,'2026-11-22T20:35:39.779942','2026-11-22T20:35:28.007227',500,'no','2026-11-22T20:35:29.779931',NULL,NULL,39);
INSERT INTO "gists" VALUES('a916ac7b478a431a859255db35fd9a09','690cd8679b6b430495024c07b5f2d962',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.014291',200,NULL,'2026-11-22T20:35:29.782768',NULL,NULL,41);
INSERT INTO "gists" VALUES('a916ac7b478a431a859255db35fd9a09','e412f86489844e89a59890b84b794107',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.014291',200,NULL,'2026-11-22T20:35:29.785606',NULL,NULL,43);
INSERT INTO "gists" VALUES('a916ac7b478a431a859255db35fd9a09','e7aa337f1a154ba3bf3fab1c8e0e8d6f',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.014291',200,NULL,'2026-11-22T20:35:29.788441',NULL,NULL,46);
INSERT INTO "gists" VALUES('22f8abccd21543188cb35c3996350060','690cd8679b6b430495024c07b5f2d962',0,0,0,'2026-11-23T20:35:28.022061','2026-11-22T20:35:28.022055',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('22f8abccd21543188cb35c3996350060','e412f86489844e89a59890b84b794107',0,0,0,'2026-11-23T20:35:28.022061','2026-11-22T20:35:28.022055',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('22f8abccd21543188cb35c3996350060','e7aa337f1a154ba3bf3fab1c8e0e8d6f',0,0,0,'2026-11-23T20:35:28.022061','2026-11-22T20:35:28.022055',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('e3eff4e207434eab8d972c405b2213eb','690cd8679b6b430495024c07b5f2d962',0,0,0,'2026-12-02T20:35:28.027524','2026-11-22T20:35:28.027520',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('e3eff4e207434eab8d972c405b2213eb','e412f86489844e89a59890b84b794107',0,0,0,'2026-12-02T20:35:28.027524','2026-11-22T20:35:28.027520',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('e3eff4e207434eab8d972c405b2213eb','e7aa337f1a154ba3bf3fab1c8e0e8d6f',0,0,0,'2026-12-02T20:35:28.027524','2026-11-22T20:35:28.027520',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gists" VALUES('baac0754e7614345b346bfdc09ccd5da','690cd8679b6b430495024c07b5f2d962',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.032046',200,NULL,'2026-11-22T20:35:29.791321',NULL,NULL,48);
INSERT INTO "gists" VALUES('baac0754e7614345b346bfdc09ccd5da','e412f86489844e89a59890b84b794107',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.032046',200,NULL,'2026-11-22T20:35:30.778769',NULL,NULL,1035);
INSERT INTO "gists" VALUES('baac0754e7614345b346bfdc09ccd5da','e7aa337f1a154ba3bf3fab1c8e0e8d6f',1,0,1,'2026-11-22T20:36:29.637673','2026-11-22T20:35:28.032046',200,NULL,'2026-11-22T20:35:30.775607',NULL,NULL,1030);
CREATE TABLE redactions (
        action text NOT NULL references actions(action),
        field_path text NOT NULL,
        timestamped text NOT NULL,

        UNIQUE(action, field_path)
    );
CREATE TABLE subscriptions (
        subscription text primary key NOT NULL,  -- autogenerated for ease uuid
        application text NOT NULL references applications(application),  -- subscribing app i.e. producer
        action text NOT NULL references actions(action),
        max_retries integer not null default 3,
        handler text NOT NULL,
        description text,
        active integer NOT NULL DEFAULT 1,
        timestamped text NOT NULL,

        UNIQUE(application, action, handler)
    );
INSERT INTO "subscriptions" VALUES('ff674abed0bd4d4988f7ec8089815cda','mailer','user.v1.created',3,'http://127.0.0.1:39471/ok/users','',1,'2026-11-22T20:35:27.862497+00:00');
INSERT INTO "subscriptions" VALUES('51cd3a51285646a5a3856aa216870aad','billing','user.v1.created',2,'http://127.0.0.1:39471/bad/users','',1,'2026-11-22T20:35:27.881225+00:00');
INSERT INTO "subscriptions" VALUES('690cd8679b6b430495024c07b5f2d962','mailer','order.v1.paid',5,'http://127.0.0.1:39471/ok/orders','',1,'2026-11-22T20:35:27.959092+00:00');
INSERT INTO "subscriptions" VALUES('e412f86489844e89a59890b84b794107','mailer','order.v1.paid',5,'http://127.0.0.1:39471/ok/gone','',0,'2026-11-22T20:35:27.968421+00:00');
INSERT INTO "subscriptions" VALUES('e7aa337f1a154ba3bf3fab1c8e0e8d6f','closed','order.v1.paid',5,'http://127.0.0.1:39471/ok/closed','',1,'2026-11-22T20:35:27.983822+00:00');
