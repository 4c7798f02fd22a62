-- Which mails went out for which events, without a unique key on purpose: an event that took effect twice would show here.
CREATE TABLE sent_mail (
    event_id   uuid        NOT NULL,
    event_type text        NOT NULL,
    -- What the mail gateway calls it.
    mail_id    uuid        NOT NULL,
    sent_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
