-- alters data
UPDATE events SET payload = upper(payload);
