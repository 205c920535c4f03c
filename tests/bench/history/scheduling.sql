-- $rows members of years gone by, in editions of $seats seats with one session each.
INSERT INTO timetables SELECT 'h-' || n FROM generate_series(0, $rows / $seats) n;

INSERT INTO sessions
SELECT 'h-' || n, 'h-' || n || '-s', 'changing', 'Koers kiezen', 'Choosing a course', '2026-03-11', '2026-03-12',
       'De Bibliotheek Vechtoord', 'planned', $seats, NULL
FROM generate_series(0, $rows / $seats) n;

INSERT INTO members SELECT 'h-' || n / $seats, md5('e' || n)::uuid, md5('p' || n)::uuid, true, n
FROM generate_series(1, $rows) n;

INSERT INTO places SELECT 'h-' || n / $seats || '-s', md5('p' || n)::uuid, md5('e' || n)::uuid, 'confirmed'
FROM generate_series(1, $rows) n;

INSERT INTO sequences SELECT 'spn.scheduling.events', 'h-' || n, 1 FROM generate_series(1, $rows) n;

INSERT INTO told
SELECT 'spn.scheduling.events', 'h-' || n, 'h-' || n, 1, ARRAY['{}'::json],
       ARRAY[convert_to(repeat('x', 500), 'UTF8')]
FROM generate_series(1, $rows) n;
