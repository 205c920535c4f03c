-- $rows enrolments of years gone by, in editions of $seats seats. New ones are made as the newest real ones are.
INSERT INTO editions
SELECT 'h-' || n, 'closed', (SELECT terms FROM editions LIMIT 1), $seats, $seats, 0, $seats, now()
FROM generate_series(0, $rows / $seats) n;

INSERT INTO people SELECT md5('p' || n)::uuid, n || '@h.example.org', 'Henk Bolscher', 'nl'
FROM generate_series(1, $rows) n;

INSERT INTO organisations
SELECT 'h-' || n, 'Stichting Bibliotheek ' || n, lpad(n::text, 8, '9'), NULL, 'Kerkbrink 3', '3699 XB', 'Vechtoord', 'NL'
FROM generate_series(1, $rows) n;

INSERT INTO enrolments
SELECT md5('e' || n)::uuid, 'h-' || n / $seats, n % $seats + 1, 'accepted', md5('p' || n)::uuid, '{}', 'h-' || n, now(),
       NULL, (SELECT payers FROM enrolments LIMIT 1), NULL
FROM generate_series(1, $rows) n;

INSERT INTO sequences SELECT 'spn.enrolment.people', md5('p' || n)::uuid::text, 1 FROM generate_series(1, $rows) n;

INSERT INTO told
SELECT 'spn.enrolment.events', md5('e' || n)::uuid::text, 'h-' || n / $seats, 1, ARRAY['{}'::json],
       ARRAY[convert_to(repeat('x', 500), 'UTF8')]
FROM generate_series(1, $rows) n;
