-- What participants say for themselves: goals, and dietary and access needs (special data: GDPR, article 9).
-- Written and read by the pages alone: no command and no event carries it. A row may come before its enrolment is
-- decided, so there is no reference to it.
CREATE TABLE needs (
    enrolment_id uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('goals', 'diet', 'access')),
    text         text NOT NULL CHECK (text <> ''),
    person_id    uuid,        -- who gave it; none: given with the request, by the first participant
    consent_at   timestamptz,
    delete_after timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (enrolment_id, kind),
    CHECK (kind = 'goals' OR consent_at IS NOT NULL)
);

-- Without a policy nobody but the owner reads a row, also who may read every table, such as the auditor.
ALTER TABLE needs ENABLE ROW LEVEL SECURITY;
