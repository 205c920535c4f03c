-- What every service's core has behind it: $rows messages seen, and as many told and acknowledged since.
INSERT INTO inbox SELECT md5('i' || n)::uuid, 'history', now() - interval '20 days' * (1 - n::float / $rows)
FROM generate_series(1, $rows) n;

INSERT INTO outbox (topic, key, headers, value)
SELECT 'spn.history', convert_to('h-' || n, 'UTF8'), '{}', convert_to(repeat('x', 500), 'UTF8')
FROM generate_series(1, $rows) n;

DELETE FROM outbox WHERE topic = 'spn.history';
