-- The sessions of the editions, as scheduling told them last: a copy, read by people's own pages alone.
-- Of people it holds the ids of enrolments and nothing else, so that an erasure has no words to take from it. Nothing
-- refers to it and it refers to nothing: a session may be heard of before its edition, or of an edition never heard of.
CREATE TABLE sessions (
    session_id      text PRIMARY KEY,
    heard           bigint NOT NULL DEFAULT 0, -- number of the newest event about it
    first_heard     bigint NOT NULL DEFAULT 0, -- and of the oldest
    edition_id      text,
    theme_id        text,
    title_nl        text,
    title_en        text,
    starts_at       timestamptz,
    ends_at         timestamptz,
    venue           text,
    first_starts_at timestamptz, -- when and where by the oldest event: what a move is measured against
    first_ends_at   timestamptz,
    first_venue     text,
    status          text CHECK (status IN ('planned', 'cancelled')),
    sequence        bigint,      -- SEQUENCE of its calendar entry
    enrolment_ids   uuid[] NOT NULL DEFAULT '{}'
);
CREATE INDEX sessions_of_edition ON sessions (edition_id);
