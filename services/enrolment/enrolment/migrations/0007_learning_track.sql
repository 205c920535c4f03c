-- The personal learning track: progress on one's goals and reflections on each theme, shared as their owner says.
-- Written and read by the pages alone: no command and no event carries any of it. They are of a person in an enrolment
-- and stay theirs when a colleague takes the enrolment over.
CREATE TABLE reflections (
    enrolment_id uuid        NOT NULL,
    person_id    uuid        NOT NULL,
    part         text        NOT NULL,  -- 'goals', or 'theme:' and the theme
    text         text        NOT NULL CHECK (text <> '' OR part = 'goals'),
    shared_with  text        NOT NULL CHECK (shared_with IN ('nobody', 'coach', 'cohort')),
    delete_after timestamptz NOT NULL,
    PRIMARY KEY (enrolment_id, person_id, part)
);

-- Without a policy nobody but the owner reads a row, also who may read every table, such as the auditor.
ALTER TABLE reflections ENABLE ROW LEVEL SECURITY;
