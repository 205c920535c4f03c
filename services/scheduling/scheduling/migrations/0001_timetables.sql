-- The root: its row is what two decisions on one edition wait for.
CREATE TABLE timetables (
    edition_id text PRIMARY KEY
);

CREATE TABLE sessions (
    edition_id text NOT NULL REFERENCES timetables,
    -- Names one session in the whole programme: its events have no other key.
    session_id text NOT NULL CONSTRAINT sessions_one_edition UNIQUE,
    theme_id   text NOT NULL,
    title_nl   text NOT NULL,
    title_en   text NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    venue      text NOT NULL,
    status     text NOT NULL CHECK (status IN ('planned', 'cancelled')),
    sequence   integer NOT NULL CHECK (sequence >= 0),
    reason     text,
    PRIMARY KEY (edition_id, session_id),
    CHECK (ends_at > starts_at)
) WITH (fillfactor = 70); -- SEQUENCE rises with each place: room for the new row version beside the old one

CREATE TABLE places (
    session_id   text NOT NULL REFERENCES sessions (session_id),
    person_id    uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    status       text NOT NULL CHECK (status IN ('confirmed', 'withdrawn')),
    PRIMARY KEY (session_id, person_id)
);

-- Every enrolment heard of, also one that gives no places: an older message about it must be known for old.
CREATE TABLE members (
    edition_id   text NOT NULL REFERENCES timetables,
    enrolment_id uuid NOT NULL,
    person_id    uuid NOT NULL,
    accepted     boolean NOT NULL,
    sequence     bigint NOT NULL,
    PRIMARY KEY (edition_id, enrolment_id)
);

CREATE INDEX members_taking_part ON members (edition_id, person_id) WHERE accepted;
