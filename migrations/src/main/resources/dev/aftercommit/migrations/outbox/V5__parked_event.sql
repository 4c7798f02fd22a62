-- Events that the stream can never take as they are, and those of their aggregates that wait behind them. The events
-- themselves stay in outbox.event.
CREATE TABLE outbox.parked_event (
    event_id       uuid        PRIMARY KEY,
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    "position"     text        COLLATE "C" NOT NULL,
    reason         text        NOT NULL CHECK (reason IN ('malformed', 'too-large', 'refused', 'behind')),
    detail         text        NOT NULL,
    parked_at      timestamptz NOT NULL DEFAULT now(),
    requested      text        CHECK (requested IN ('retry', 'discard')),
    requested_at   timestamptz,
    CHECK ((requested IS NULL) = (requested_at IS NULL))
);
CREATE INDEX parked_event_queue ON outbox.parked_event (aggregate_type, aggregate_id, "position");
CREATE INDEX parked_event_requested ON outbox.parked_event (requested) WHERE requested IS NOT NULL;

COMMENT ON TABLE outbox.parked_event IS
    'Events that are held back: one that the stream cannot take, and behind it those that came later for the same aggregate. Written by the leading relay; the commands parked retry and parked discard write a request into it.';
COMMENT ON COLUMN outbox.parked_event.event_id IS 'The event, a row of outbox.event.';
COMMENT ON COLUMN outbox.parked_event.aggregate_type IS 'Of the event.';
COMMENT ON COLUMN outbox.parked_event.aggregate_id IS 'Of the event.';
COMMENT ON COLUMN outbox.parked_event."position" IS
    'The Outbox-Position that it would have had: the order of the queue. It gets a new one when it is published.';
COMMENT ON COLUMN outbox.parked_event.reason IS
    'malformed: the row breaks the contract. too-large: for the server or the stream as they are set. refused: by the stream, for this message alone. behind: it waits for an earlier one of its aggregate.';
COMMENT ON COLUMN outbox.parked_event.detail IS 'The reason in words.';
COMMENT ON COLUMN outbox.parked_event.parked_at IS 'When it was held back.';
COMMENT ON COLUMN outbox.parked_event.requested IS 'What an operator wants to be done with it; null to go on waiting.';
COMMENT ON COLUMN outbox.parked_event.requested_at IS 'When that was requested.';

-- Asked for at each start. Ghosts are few, and most journals have none.
CREATE INDEX journal_ghosts ON outbox.journal (entry) WHERE kind = 'ghost';
COMMENT ON INDEX outbox.journal_ghosts IS 'Finds what was in the stream before it was seen in the table.';
