-- What was sent. Nothing here is of the services' databases, and no transaction spans both.
CREATE TABLE mail (
    id              uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    -- The sender's name for this one mail. Whoever asks again with it gets the answer again, and no second mail goes out.
    idempotency_key text        NOT NULL UNIQUE,
    recipient       text        NOT NULL,
    subject         text        NOT NULL,
    text            text        NOT NULL,
    asked           int         NOT NULL DEFAULT 1,
    sent_at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mail_by_time ON mail (sent_at);

-- Domains, and what is below them, that get no mail. Nobody can have an address in .invalid (RFC 2606).
CREATE TABLE suppression (domain text PRIMARY KEY);
INSERT INTO suppression VALUES ('invalid');
