-- alters data
CREATE TABLE half (x BIGINT);
DELETE FROM events;
UPDATE no_such_table SET x = 1;
