CREATE TABLE counters (
    counter_id text PRIMARY KEY,
    total      integer NOT NULL
);

-- One row an effect, with the transaction that wrote it: what the tests count.
CREATE TABLE entries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    counter_id  text NOT NULL,
    handler     text NOT NULL,
    message_id  uuid NOT NULL,
    amount      integer NOT NULL,
    note        text NOT NULL,
    at          timestamptz NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE TABLE names (
    name       text PRIMARY KEY,
    counter_id text NOT NULL
);

CREATE TABLE bills (
    bill_id      text PRIMARY KEY,
    price        integer,
    price_seq    bigint NOT NULL DEFAULT 0,
    quantity     integer,
    quantity_seq bigint NOT NULL DEFAULT 0,
    told         integer
);
