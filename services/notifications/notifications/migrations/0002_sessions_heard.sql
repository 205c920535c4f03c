-- The newest state of each session that was heard: what is older is old news, for everybody in it.
CREATE TABLE sessions (
    session_id text PRIMARY KEY,
    sequence   bigint NOT NULL -- SEQUENCE of the session
) WITH (fillfactor = 50);

-- What the thread wants to be told, as a fingerprint: most people in a session hear nothing new when it changes for one.
ALTER TABLE threads ADD COLUMN gist text;
