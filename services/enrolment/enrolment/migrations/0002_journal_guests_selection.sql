-- The journal of each edition, guests, the selection step, several payers, amendments and the two years.
-- It only expands: the release before runs on it.

-- How far the journal of the edition goes, and its last seal.
ALTER TABLE editions
    ADD COLUMN journal_entries bigint NOT NULL DEFAULT 0 CHECK (journal_entries >= 0),
    ADD COLUMN journal_head text NOT NULL DEFAULT '',
    ADD COLUMN revision bigint NOT NULL DEFAULT 0; -- counts changes of terms and state
ALTER TABLE editions DROP CONSTRAINT editions_state_check;
ALTER TABLE editions ADD CONSTRAINT editions_state_check
    CHECK (state IN ('published', 'open', 'closed', 'cancelled'));

ALTER TABLE enrolments
    ADD COLUMN entry bigint NOT NULL DEFAULT 0, -- the last one of the journal about it: its revision
    ADD COLUMN place bigint,        -- orders the line; where there is none (written by 0.1) the number does
    ADD COLUMN requester_id uuid,   -- who filled in the form for the participant
    ADD COLUMN motivation text,     -- for the selection; told to nobody
    ADD COLUMN agreement jsonb,     -- what was agreed besides the price; none before 0.2: the edition's own rules
    ADD COLUMN commitment text CHECK (commitment IN ('running', 'fulfilled', 'left-early')),
    ADD COLUMN commitment_ends_on date;
ALTER TABLE enrolments DROP CONSTRAINT enrolments_status_check;
ALTER TABLE enrolments ADD CONSTRAINT enrolments_status_check CHECK (
    status IN ('requested', 'accepted', 'waiting', 'offered', 'declined', 'lapsed', 'left', 'withdrawn', 'rejected',
        'closed', 'completed')
);
-- Who asks for a choice lives too.
ALTER TABLE enrolments DROP CONSTRAINT one_live_enrolment;
ALTER TABLE enrolments ADD CONSTRAINT one_live_enrolment
    EXCLUDE USING btree (edition_id WITH =, participant_id WITH =)
    WHERE (status IN ('requested', 'accepted', 'waiting', 'offered')) DEFERRABLE INITIALLY IMMEDIATE;
DROP INDEX enrolments_in_line;
CREATE INDEX enrolments_in_line ON enrolments (edition_id, coalesce(place, number)) WHERE status = 'waiting';

-- Written only under the lock of the edition, and never changed but for the words that are erased with a person.
CREATE TABLE journal (
    edition_id   text NOT NULL,
    entry        bigint NOT NULL,
    what         text NOT NULL,
    enrolment_id uuid NOT NULL,
    request      bigint NOT NULL,
    position     bigint,
    moment       timestamptz NOT NULL,
    kafka_partition integer,
    kafka_offset bigint,
    command_id   uuid,   -- also the salt's origin: it goes with the words
    who          text,
    reason       text,
    said         text NOT NULL, -- salted hash of who and reason
    seal         text NOT NULL,
    PRIMARY KEY (edition_id, entry)
);
CREATE INDEX journal_of_enrolment ON journal (enrolment_id);

-- Written only under the lock of the edition.
CREATE TABLE guests (
    guest_id        uuid PRIMARY KEY,
    edition_id      text NOT NULL,
    enrolment_id    uuid NOT NULL,
    organisation_id text NOT NULL,
    theme_id        text NOT NULL,
    person_id       uuid NOT NULL,
    status          text NOT NULL CHECK (status IN ('invited', 'confirmed', 'declined', 'lapsed', 'ended')),
    invited_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    CHECK ((status = 'invited') = (expires_at IS NOT NULL))
);
CREATE INDEX guests_coming ON guests (edition_id, organisation_id, theme_id) WHERE status IN ('invited', 'confirmed');
CREATE INDEX guests_of_enrolment ON guests (enrolment_id) WHERE status IN ('invited', 'confirmed');
