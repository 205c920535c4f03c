-- $rows accounts of years gone by, each with its invoice.
INSERT INTO accounts SELECT md5('e' || n)::uuid, 1, (SELECT agreement FROM accounts WHERE agreement IS NOT NULL LIMIT 1)
FROM generate_series(1, $rows) n;

INSERT INTO buyers SELECT 'h-' || n, 1, (SELECT address FROM buyers WHERE address IS NOT NULL LIMIT 1)
FROM generate_series(1, $rows) n;

INSERT INTO contacts SELECT md5('p' || n)::uuid, 1, 'nl' FROM generate_series(1, $rows) n;

INSERT INTO document_files SELECT encode(sha256(n::text::bytea), 'hex'), 'x' FROM generate_series(1, $rows) n;

INSERT INTO documents (number, series, year, ordinal, issued_on, enrolment_id, organisation_id, kind, sha256, body)
SELECT 'H-2026-' || n, 'H', 2026, n, '2026-01-14', md5('e' || n)::uuid, 'h-' || n, 'invoice',
       encode(sha256(n::text::bytea), 'hex'), '{}'
FROM generate_series(1, $rows) n;

INSERT INTO sequences SELECT 'spn.billing.events', md5('e' || n)::uuid::text, 1 FROM generate_series(1, $rows) n;

INSERT INTO told
SELECT 'spn.billing.events', md5('e' || n)::uuid::text, md5('e' || n)::uuid::text, 1, ARRAY['{}'::json],
       ARRAY[convert_to(repeat('x', 500), 'UTF8')]
FROM generate_series(1, $rows) n;
