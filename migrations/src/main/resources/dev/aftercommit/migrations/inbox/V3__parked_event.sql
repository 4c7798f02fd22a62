-- Events whose handler failed, and those of their aggregates that wait behind them, with all that it takes to handle them
-- later. No event of an aggregate is handled before those that are here.
CREATE TABLE inbox.parked_event (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer        text        NOT NULL,
    source          text        NOT NULL,
    partition       int         NOT NULL,
    aggregate_type  text        NOT NULL,
    aggregate_id    text        NOT NULL,
    event_id        uuid        NOT NULL,
    event_type      text        NOT NULL,
    "position"      text        COLLATE "C" NOT NULL,
    stream_sequence bigint      NOT NULL,
    headers         json        NOT NULL,
    payload         bytea       NOT NULL,
    state           text        NOT NULL CHECK (state IN ('retrying', 'waiting', 'dead')),
    attempts        int         NOT NULL CHECK (attempts >= 0),
    next_attempt    timestamptz,
    error           text,
    parked_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (consumer, source, event_id),
    CHECK ((state = 'retrying') = (next_attempt IS NOT NULL))
);
CREATE INDEX parked_event_queue ON inbox.parked_event (consumer, source, aggregate_type, aggregate_id, id);
CREATE INDEX parked_event_due ON inbox.parked_event (consumer, source, next_attempt) WHERE state = 'retrying';
CREATE INDEX parked_event_dead ON inbox.parked_event (consumer, source, id) WHERE state = 'dead';

COMMENT ON TABLE inbox.parked_event IS
    'Events that a consumer holds back: one whose handler failed, and behind it those that came later for the same aggregate. Rows are added in the transactions that move the checkpoint and deleted in those of the effects, so an event takes effect once.';
COMMENT ON COLUMN inbox.parked_event.id IS 'The order of an aggregate''s queue.';
COMMENT ON COLUMN inbox.parked_event.consumer IS 'Name of the consumer.';
COMMENT ON COLUMN inbox.parked_event.source IS 'Name of the producing service''s database.';
COMMENT ON COLUMN inbox.parked_event.partition IS 'Partition of the stream that the event came from.';
COMMENT ON COLUMN inbox.parked_event.aggregate_type IS 'Of the event.';
COMMENT ON COLUMN inbox.parked_event.aggregate_id IS 'Of the event: what its order is kept by.';
COMMENT ON COLUMN inbox.parked_event.event_id IS 'The event; the same id on every hop.';
COMMENT ON COLUMN inbox.parked_event.event_type IS 'Of the event, such as AccountCreated.';
COMMENT ON COLUMN inbox.parked_event."position" IS 'Outbox-Position of the event.';
COMMENT ON COLUMN inbox.parked_event.stream_sequence IS 'Sequence of its message in the stream when it was parked.';
COMMENT ON COLUMN inbox.parked_event.headers IS 'Headers of its message, verbatim.';
COMMENT ON COLUMN inbox.parked_event.payload IS 'The event''s payload, verbatim.';
COMMENT ON COLUMN inbox.parked_event.state IS
    'retrying: the first of its queue, tried again at next_attempt. waiting: behind an earlier one. dead: the first of its queue, tried no more until its state is set to retrying.';
COMMENT ON COLUMN inbox.parked_event.attempts IS 'How often its handler has failed.';
COMMENT ON COLUMN inbox.parked_event.next_attempt IS 'When it is tried again; null unless it is retrying.';
COMMENT ON COLUMN inbox.parked_event.error IS 'The last error: its class and where it was, without its message, which may quote data.';
COMMENT ON COLUMN inbox.parked_event.parked_at IS 'When it was held back.';

-- Whoever puts an event into a queue and whoever takes one out of it do so one after the other.
CREATE FUNCTION inbox.lock_queue(of_consumer text, of_source text, of_aggregate_type text, of_aggregate_id text)
RETURNS void
LANGUAGE sql
AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(
        concat_ws(E'\n', 'aftercommit', of_consumer, of_source, of_aggregate_type, of_aggregate_id), 0))
$$;
COMMENT ON FUNCTION inbox.lock_queue IS 'Locks the queue of an aggregate until the transaction ends.';

CREATE FUNCTION inbox.promote(of_consumer text, of_source text, of_aggregate_type text, of_aggregate_id text)
RETURNS void
LANGUAGE sql
AS $$
    UPDATE inbox.parked_event
       SET state = 'retrying', next_attempt = now()
     WHERE state = 'waiting'
       AND id = (SELECT min(id)
                   FROM inbox.parked_event
                  WHERE consumer = of_consumer
                    AND source = of_source
                    AND aggregate_type = of_aggregate_type
                    AND aggregate_id = of_aggregate_id)
$$;
COMMENT ON FUNCTION inbox.promote IS 'Makes it the turn of the event that is the first of its queue now.';

CREATE FUNCTION inbox.dead_letters(
    which_consumer       text DEFAULT NULL,
    which_source         text DEFAULT NULL,
    which_aggregate_type text DEFAULT NULL,
    which_aggregate_id   text DEFAULT NULL,
    which_event_type     text DEFAULT NULL,
    which_event_id       uuid DEFAULT NULL)
RETURNS SETOF inbox.parked_event
LANGUAGE sql
STABLE
AS $$
    SELECT *
      FROM inbox.parked_event
     WHERE state = 'dead'
       AND (which_consumer IS NULL OR consumer = which_consumer)
       AND (which_source IS NULL OR source = which_source)
       AND (which_aggregate_type IS NULL OR aggregate_type = which_aggregate_type)
       AND (which_aggregate_id IS NULL OR aggregate_id = which_aggregate_id)
       AND (which_event_type IS NULL OR event_type = which_event_type)
       AND (which_event_id IS NULL OR event_id = which_event_id)
$$;
COMMENT ON FUNCTION inbox.dead_letters IS 'Events that are dead. Null means any.';

CREATE FUNCTION inbox.redrive(
    which_consumer       text DEFAULT NULL,
    which_source         text DEFAULT NULL,
    which_aggregate_type text DEFAULT NULL,
    which_aggregate_id   text DEFAULT NULL,
    which_event_type     text DEFAULT NULL,
    which_event_id       uuid DEFAULT NULL)
RETURNS SETOF uuid
LANGUAGE sql
AS $$
    UPDATE inbox.parked_event
       SET state = 'retrying', attempts = 0, next_attempt = now()
     WHERE state = 'dead'
       AND id IN (SELECT id
                    FROM inbox.dead_letters(
                        which_consumer, which_source, which_aggregate_type, which_aggregate_id,
                        which_event_type, which_event_id))
    RETURNING event_id
$$;
COMMENT ON FUNCTION inbox.redrive IS
    'Has dead events tried again, with all their attempts, and behind them what waits for them. Null means any. Returns their ids.';

CREATE FUNCTION inbox.discard(
    which_consumer       text DEFAULT NULL,
    which_source         text DEFAULT NULL,
    which_aggregate_type text DEFAULT NULL,
    which_aggregate_id   text DEFAULT NULL,
    which_event_type     text DEFAULT NULL,
    which_event_id       uuid DEFAULT NULL)
RETURNS SETOF uuid
LANGUAGE plpgsql
AS $$
DECLARE
    dead inbox.parked_event;
BEGIN
    FOR dead IN
        SELECT *
          FROM inbox.dead_letters(
              which_consumer, which_source, which_aggregate_type, which_aggregate_id,
              which_event_type, which_event_id)
         ORDER BY aggregate_type, aggregate_id
    LOOP
        PERFORM inbox.lock_queue(dead.consumer, dead.source, dead.aggregate_type, dead.aggregate_id);
        DELETE FROM inbox.parked_event WHERE id = dead.id AND state = 'dead';
        IF FOUND THEN
            PERFORM inbox.promote(dead.consumer, dead.source, dead.aggregate_type, dead.aggregate_id);
            RETURN NEXT dead.event_id;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION inbox.discard IS
    'Gives dead events up: they are never handled, and what waits behind them is. Null means any. Returns their ids.';
