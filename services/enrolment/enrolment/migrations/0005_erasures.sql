-- Whom we were asked to erase, and how far that is. Kept as a tombstone: a random id, never made from an address.
CREATE TABLE erasures (
    person_id uuid PRIMARY KEY,
    asked_at  timestamptz,
    asked_by  text,
    erased_at timestamptz
);
CREATE INDEX enrolments_of_participant ON enrolments (participant_id);
CREATE INDEX enrolments_of_former ON enrolments USING gin (former_participant_ids);
CREATE INDEX guests_of_person ON guests (person_id);
