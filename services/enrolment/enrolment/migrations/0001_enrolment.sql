-- The root: one row per edition, locked by whoever decides about it.
CREATE TABLE editions (
    edition_id  text PRIMARY KEY,
    state       text NOT NULL CHECK (state IN ('published', 'open', 'closed')),
    terms       jsonb NOT NULL,
    seats       integer NOT NULL CHECK (seats > 0),
    seats_taken integer NOT NULL CHECK (seats_taken BETWEEN 0 AND seats),
    waiting     integer NOT NULL CHECK (waiting >= 0),
    last_number bigint NOT NULL CHECK (last_number >= 0),
    last_moment timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Participants and payers' contacts, one per normalised address over all editions. No edition's lock guards them:
-- the revision does.
CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    email     text NOT NULL UNIQUE,
    name      text NOT NULL,
    language  text NOT NULL CHECK (language IN ('nl', 'en')),
    revision  integer NOT NULL DEFAULT 0
);

CREATE TABLE organisations (
    organisation_id text PRIMARY KEY,
    legal_name      text NOT NULL,
    kvk             text CHECK (kvk ~ '^[0-9]{8}$'),
    oin             text CHECK (oin ~ '^[0-9]{20}$'),
    street          text NOT NULL,
    postcode        text NOT NULL,
    city            text NOT NULL,
    country         text NOT NULL,
    poi             text,
    province        text,
    holiday_region  text CHECK (holiday_region IN ('north', 'middle', 'south')),
    revision        integer NOT NULL DEFAULT 0,
    CHECK (kvk IS NOT NULL OR oin IS NOT NULL)
);

-- Written only under the lock of the edition.
CREATE TABLE enrolments (
    enrolment_id           uuid PRIMARY KEY,
    edition_id             text NOT NULL REFERENCES editions,
    number                 bigint NOT NULL,
    status                 text NOT NULL CHECK (
        status IN ('accepted', 'waiting', 'offered', 'declined', 'lapsed', 'left', 'withdrawn')
    ),
    participant_id         uuid NOT NULL REFERENCES people,
    former_participant_ids uuid[] NOT NULL,
    organisation_id        text NOT NULL REFERENCES organisations,
    requested_at           timestamptz NOT NULL,
    offer_expires_at       timestamptz,
    payers                 jsonb NOT NULL,
    withdrawal_reason      text,
    UNIQUE (edition_id, number),
    CHECK ((status = 'offered') = (offer_expires_at IS NOT NULL)),
    -- One live enrolment per person. Checked at the end of a statement, since within one a colleague may take over
    -- from someone who takes over elsewhere; a unique index would look at each row by itself.
    CONSTRAINT one_live_enrolment EXCLUDE USING btree (edition_id WITH =, participant_id WITH =)
        WHERE (status IN ('accepted', 'waiting', 'offered')) DEFERRABLE INITIALLY IMMEDIATE
) WITH (fillfactor = 80);

CREATE INDEX enrolments_in_line ON enrolments (edition_id, number) WHERE status = 'waiting';
