-- When people could reach the HTTP edge, in business time: what is due at a person's expense waits for an hour of it.
CREATE TABLE edge_uptime (
    since   timestamptz PRIMARY KEY,
    until   timestamptz NOT NULL,
    beat_at timestamptz NOT NULL
);
