-- Personal links are signed, not stored: what is stored is which of them still hold.
ALTER TABLE enrolments
    ADD COLUMN link_version integer NOT NULL DEFAULT 0,
    ADD COLUMN link_sent_at timestamptz;
