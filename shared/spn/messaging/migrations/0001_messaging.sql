-- What the messaging core keeps in each service's own database.

-- Which message each handler has seen. One row a (message, handler); purged when older than any topic keeps messages.
CREATE TABLE inbox (
    message_id uuid NOT NULL,
    handler    text NOT NULL,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (message_id, handler)
);
CREATE INDEX inbox_seen_at ON inbox USING brin (seen_at);

-- How many events were told per topic and key. Its row lock is taken before outbox ids are drawn, so that
-- the order of ids is the order of sequences for every key.
CREATE TABLE sequences (
    topic text   NOT NULL,
    key   text   NOT NULL,
    last  bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (topic, key)
);

-- Messages that were decided and are not yet acknowledged by the broker. Deleted after the acknowledgement.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL,
    key        bytea,
    headers    json NOT NULL,
    value      bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
        autovacuum_vacuum_cost_delay = 0);

-- The newest whole-state event of each aggregate, in every version told: what republish tells again.
CREATE TABLE told (
    topic    text   NOT NULL,
    subject  text   NOT NULL,
    key      text   NOT NULL,
    sequence bigint NOT NULL,
    headers  json[] NOT NULL,
    payloads bytea[] NOT NULL,
    PRIMARY KEY (topic, subject)
) WITH (fillfactor = 80);

-- Stored instants that become messages when they are due.
CREATE TABLE deadlines (
    kind    text NOT NULL,
    root    text NOT NULL,
    subject text NOT NULL,
    due_at  timestamptz NOT NULL,
    PRIMARY KEY (kind, root, subject)
);
CREATE INDEX deadlines_due_at ON deadlines (due_at);

-- How far each partition was handled, written in the transaction of its effects: the truth about position.
CREATE TABLE consumer_offsets (
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

-- Messages that could not be decided, and commands that wait behind one, with their untouched bytes.
CREATE TABLE dead_letters (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handler       text NOT NULL,
    topic         text NOT NULL,
    partition     integer NOT NULL,
    "offset"      bigint NOT NULL,
    message_id    uuid,
    type          text,
    lane          text,
    parked        boolean NOT NULL DEFAULT false,
    record_time   timestamptz NOT NULL,
    record_key    bytea,
    record_value  bytea,
    record_headers json NOT NULL,
    error         text NOT NULL,
    attempts      integer NOT NULL DEFAULT 1,
    arrived_at    timestamptz NOT NULL DEFAULT now(),
    tried_at      timestamptz NOT NULL DEFAULT now(),
    keep_until    timestamptz NOT NULL DEFAULT now() + interval '30 days',
    replay_asked  timestamptz,
    note          text,
    UNIQUE (topic, partition, "offset", handler)
);
CREATE INDEX dead_letters_lane ON dead_letters (topic, lane) WHERE lane IS NOT NULL;
CREATE INDEX dead_letters_replay ON dead_letters (topic, partition) WHERE replay_asked IS NOT NULL;

-- What became of dead letters that are gone: who decided, why. No content of the message.
CREATE TABLE dead_letter_history (
    letter_id  bigint NOT NULL,
    handler    text NOT NULL,
    topic      text NOT NULL,
    partition  integer NOT NULL,
    "offset"   bigint NOT NULL,
    message_id uuid,
    outcome    text NOT NULL,
    reason     text,
    at         timestamptz NOT NULL DEFAULT now()
);

-- The heartbeat of the one replica that publishes; its row is a diagnosis, the advisory lock is the election.
CREATE TABLE relay_lead (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    slot    text NOT NULL,
    backend integer NOT NULL,
    beat_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Commands that came in over HTTP, one row per Idempotency-Key, with the answer once there is one.
CREATE TABLE http_commands (
    idempotency_key text PRIMARY KEY,
    body_sha256     bytea NOT NULL,
    command_id      uuid NOT NULL UNIQUE,
    answer          json,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX http_commands_unanswered ON http_commands (created_at) WHERE answer IS NULL;
