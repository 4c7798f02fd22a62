CREATE TABLE accounts (
    user_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username   text        NOT NULL UNIQUE,
    password   text        NOT NULL,
    email      text        NOT NULL UNIQUE,
    created_on timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_login timestamptz,
    -- Counts the changes of the row. Its events carry it, so that anybody can see a gap or a wrong order.
    version    bigint      NOT NULL DEFAULT 1
);
COMMENT ON COLUMN accounts.password IS 'PBKDF2: scheme$iterations$salt$hash. Never part of an event.';
