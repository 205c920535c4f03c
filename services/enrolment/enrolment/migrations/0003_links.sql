-- Personal links. Of a code only the SHA-256 is kept; terms are real time, whatever clock the service runs on.
CREATE TABLE links (
    code_sha256  bytea PRIMARY KEY CHECK (octet_length(code_sha256) = 32),
    enrolment_id uuid NOT NULL REFERENCES enrolments ON DELETE CASCADE,
    person_id    uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    purpose      text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at      timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX links_of_enrolment ON links (enrolment_id);
CREATE INDEX links_of_person ON links (person_id);
CREATE INDEX links_expires_at ON links (expires_at);
