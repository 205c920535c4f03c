-- $rows people of years gone by, each with a mail that was sent.
INSERT INTO contacts SELECT md5('p' || n)::uuid, 1, 'Henk Bolscher', n || '@h.example.org', 'nl'
FROM generate_series(1, $rows) n;

INSERT INTO threads
SELECT md5('p' || n)::uuid, md5('e' || n)::uuid::text, 1, (SELECT wanted FROM threads WHERE wanted IS NOT NULL LIMIT 1)
FROM generate_series(1, $rows) n;

INSERT INTO messages (id, person_id, about, purpose, version, state, details)
SELECT md5('m' || n)::uuid, md5('p' || n)::uuid, md5('e' || n)::uuid::text, 'accepted', 1, 'sent', '{}'
FROM generate_series(1, $rows) n;

INSERT INTO editions (edition_id, sequence, title_nl, title_en)
SELECT 'h-' || n, 1, 'Lerend netwerk', 'Learning network' FROM generate_series(0, $rows / $seats) n;

INSERT INTO sequences SELECT 'spn.notifications.events', md5('p' || n)::uuid::text, 1 FROM generate_series(1, $rows) n;

INSERT INTO told
SELECT 'spn.notifications.events', md5('m' || n)::uuid::text, md5('p' || n)::uuid::text, 1, ARRAY['{}'::json],
       ARRAY[convert_to(repeat('x', 500), 'UTF8')]
FROM generate_series(1, $rows) n;
