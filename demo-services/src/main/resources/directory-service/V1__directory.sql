CREATE TABLE directory_entry (
    user_id    bigint PRIMARY KEY,
    username   text        NOT NULL,
    email      text        NOT NULL,
    created_on timestamptz NOT NULL,
    last_login timestamptz
);

-- One row a handler's call, without a unique key on purpose: an event that took effect twice would show here.
CREATE TABLE handled_event (
    log_id       bigint GENERATED ALWAYS AS IDENTITY,
    tx           bigint      NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    event_id     uuid        NOT NULL,
    event_type   text        NOT NULL,
    aggregate_id text        NOT NULL,
    sequence     bigint      NOT NULL,
    committed_at timestamptz NOT NULL,
    handled_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX handled_event_in_order ON handled_event (tx, log_id);
