-- Who is told what. Names and addresses stand in contacts only, and in the mails that are on their way.

CREATE TABLE contacts (
    person_id uuid PRIMARY KEY,
    sequence  bigint NOT NULL DEFAULT 0, -- of the newest event about the person; 0: known by id only
    name      text,
    email     text,
    language  text
);

-- Everything one person is told about one subject: what its newest state wants to be told.
CREATE TABLE threads (
    person_id uuid NOT NULL REFERENCES contacts,
    about     text NOT NULL,
    sequence  bigint NOT NULL, -- of that state
    wanted    json,            -- ids, amounts and times, no names
    old       boolean NOT NULL DEFAULT false, -- it was too old for mails when it was heard
    PRIMARY KEY (person_id, about)
);

-- One mail to one person. The id is made from the unique key, so that it is the same in an emptied database.
CREATE TABLE messages (
    id             uuid PRIMARY KEY,
    ordinal        bigint GENERATED ALWAYS AS IDENTITY,
    person_id      uuid NOT NULL REFERENCES contacts,
    about          text NOT NULL,
    purpose        text NOT NULL,
    version        bigint NOT NULL,
    state          text NOT NULL CHECK
                   (state IN ('waiting', 'sending', 'sent', 'failed', 'unknown', 'outdated', 'superseded')),
    unwanted       boolean NOT NULL DEFAULT false, -- superseded while it was with the mail server
    details        json NOT NULL, -- what it says; ids and amounts, no names
    uid            text,    -- of the calendar entry it carries
    sequence       bigint,  -- SEQUENCE of the entry
    says           text,    -- fingerprint of the entry; empty: the entry is taken away
    document       text,    -- SHA-256 of the PDF it needs
    edition_id     text,    -- the edition whose titles it needs
    cause          uuid,    -- the event that asked for it, and its story
    correlation_id text,
    traceparent    text,
    claimed_by     uuid,    -- the step of a mailer that holds it
    claimed_until  timestamptz,
    attempts       integer NOT NULL DEFAULT 0,
    first_tried_at timestamptz,
    next_try_at    timestamptz NOT NULL DEFAULT '-infinity',
    code           text,    -- the mail server's last reply: its code, never its text
    changed_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (person_id, purpose, about, version),
    CHECK ((uid IS NULL) = (sequence IS NULL) AND (uid IS NULL) = (says IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX messages_thread ON messages (person_id, about);
CREATE INDEX messages_open ON messages (ordinal) WHERE state IN ('waiting', 'sending');
CREATE INDEX messages_unknown ON messages (id) WHERE state = 'unknown';
CREATE INDEX messages_document ON messages (document) WHERE document IS NOT NULL AND state IN ('waiting', 'sending');

-- A mail on its way, stored before the first try so that each try sends the same bytes. Gone once it is sent.
CREATE TABLE mails (
    message_id      uuid PRIMARY KEY REFERENCES messages,
    person_sequence bigint NOT NULL, -- of the contact it was made from: another name or address makes another mail
    content         bytea NOT NULL
);

CREATE TABLE editions (
    edition_id text PRIMARY KEY,
    sequence   bigint NOT NULL DEFAULT 0,
    title_nl   text,
    title_en   text,
    themes     json NOT NULL DEFAULT '{}'
);

-- PDFs by the SHA-256 of their bytes. No content: not arrived, or let go again.
CREATE TABLE documents (
    sha256  text PRIMARY KEY,
    content bytea
);
ALTER TABLE documents ALTER COLUMN content SET STORAGE EXTERNAL; -- a PDF is compressed already
