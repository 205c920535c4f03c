-- What billing owns: accounts, drafts, numbered documents with their files, and the series that numbers them.

-- The root: one row an enrolment. The agreement is the newest known state of the enrolment, as far as money goes.
CREATE TABLE accounts (
    enrolment_id uuid PRIMARY KEY,
    sequence     bigint NOT NULL DEFAULT 0,
    agreement    jsonb
);

-- Organisations that may be a payer. Without an address the organisation is only named, not known.
CREATE TABLE buyers (
    organisation_id text PRIMARY KEY,
    sequence        bigint NOT NULL DEFAULT 0,
    address         jsonb
);

-- People who may be a payer's contact: their language and nothing else.
CREATE TABLE contacts (
    person_id uuid PRIMARY KEY,
    sequence  bigint NOT NULL DEFAULT 0,
    language  text CHECK (language IN ('nl', 'en'))
);

-- Documents that wait for a number; `place` is the order in which they get one. A draft that could not be made into a
-- document keeps its error and is tried again at `retry_at`.
CREATE TABLE drafts (
    draft_id        uuid PRIMARY KEY,
    place           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    enrolment_id    uuid NOT NULL REFERENCES accounts,
    organisation_id text NOT NULL,
    contact_id      uuid NOT NULL,
    body            jsonb NOT NULL,
    drafted_at      timestamptz NOT NULL DEFAULT now(),
    attempts        integer NOT NULL DEFAULT 0,
    retry_at        timestamptz,
    error           text
);
CREATE INDEX drafts_enrolment ON drafts (enrolment_id);

-- The last number and date of each series and year. Its row lock is the order of numbers; locked last, at issue only.
CREATE TABLE series (
    series       text    NOT NULL,
    year         integer NOT NULL,
    last_ordinal integer NOT NULL CHECK (last_ordinal >= 0),
    last_on      date    NOT NULL,
    PRIMARY KEY (series, year)
);

-- The exact bytes of each document. Kept seven years from the end of the financial year (AWR art. 52).
CREATE TABLE document_files (
    sha256  text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea NOT NULL
);
-- A PDF is compressed already.
ALTER TABLE document_files ALTER COLUMN content SET STORAGE EXTERNAL;

-- Numbered documents: final. Corrections are credit notes.
CREATE TABLE documents (
    number          text PRIMARY KEY,
    place           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    series          text    NOT NULL,
    year            integer NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal > 0),
    issued_on       date    NOT NULL,
    enrolment_id    uuid    NOT NULL REFERENCES accounts,
    organisation_id text    NOT NULL,
    kind            text    NOT NULL CHECK (kind IN ('invoice', 'credit-note')),
    refers_to       text REFERENCES documents CHECK ((refers_to IS NOT NULL) = (kind = 'credit-note')),
    sha256          text    NOT NULL UNIQUE REFERENCES document_files,
    body            jsonb   NOT NULL,
    UNIQUE (series, year, ordinal)
);
CREATE INDEX documents_enrolment ON documents (enrolment_id);

-- What was issued stays as it was issued, whatever a program tries.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is final and cannot be changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER documents_are_final BEFORE UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER files_are_final BEFORE UPDATE ON document_files FOR EACH ROW EXECUTE FUNCTION refuse_change();
