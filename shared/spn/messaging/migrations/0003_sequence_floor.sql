-- After an emptied or restored database no number may be told twice, also of keys that this database does not know.
CREATE TABLE sequence_floor (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    floor  bigint NOT NULL
);
