-- Where a consumer is told to start: by itself when it is new, or by somebody who resets it.
CREATE TABLE inbox.start_request (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer     text        NOT NULL,
    source       text        NOT NULL,
    start_at     text        NOT NULL CHECK (
        start_at IN ('beginning', 'now')
        OR start_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$'
        OR start_at ~ '^[0-9a-f]{8}-[0-9a-f]{16}-[0-9a-f]{8}$'),
    requested_at timestamptz NOT NULL DEFAULT now(),
    requested_by text        NOT NULL DEFAULT current_user,
    done_at      timestamptz,
    result       text
);
CREATE INDEX start_request_of ON inbox.start_request (consumer, source, id);

COMMENT ON TABLE inbox.start_request IS
    'Requests to handle a source from another place on than the checkpoints say, the newest of which counts; kept when they are done. An instance of the consumer does it, by setting the checkpoints of all partitions in one transaction.';
COMMENT ON COLUMN inbox.start_request.consumer IS 'Name of the consumer.';
COMMENT ON COLUMN inbox.start_request.source IS 'Name of the producing service''s database.';
COMMENT ON COLUMN inbox.start_request.start_at IS
    'Where: beginning, now, a time such as 2026-11-24T10:00:00Z, or an Outbox-Position.';
COMMENT ON COLUMN inbox.start_request.requested_at IS 'When it was requested.';
COMMENT ON COLUMN inbox.start_request.requested_by IS 'The role that did.';
COMMENT ON COLUMN inbox.start_request.done_at IS 'When the checkpoints were set; null until then.';
COMMENT ON COLUMN inbox.start_request.result IS 'What was done, or why it could not be done yet.';

-- So that an owner from before a start does not take a checkpoint that has come to the same place again for its own.
ALTER TABLE inbox.checkpoint ADD COLUMN start_request bigint;
COMMENT ON COLUMN inbox.checkpoint.start_request IS 'The request that set the checkpoint last; null when none did.';

CREATE FUNCTION inbox.reset(which_consumer text, which_source text, start_at text)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    place     text := btrim(start_at);
    moment    timestamptz;
    requested bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM inbox.checkpoint WHERE consumer = which_consumer AND source = which_source)
       AND NOT EXISTS (SELECT FROM inbox.start_request WHERE consumer = which_consumer AND source = which_source)
    THEN
        RAISE EXCEPTION 'There is no consumer "%" of the source "%" in this database.', which_consumer, which_source
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = coalesce(
                      (SELECT 'There is ' || string_agg(DISTINCT format('"%s" of "%s"', consumer, source), ', ') || '.'
                         FROM inbox.checkpoint),
                      'No consumer has handled anything here yet.');
    END IF;
    IF place IN ('beginning', 'now') OR place ~ '^[0-9a-f]{8}-[0-9a-f]{16}-[0-9a-f]{8}$' THEN
        NULL;
    ELSE
        BEGIN
            moment := place::timestamptz;
            place := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
        EXCEPTION WHEN OTHERS THEN
            moment := 'infinity';
        END;
        IF moment IS NULL OR NOT isfinite(moment) THEN
            RAISE EXCEPTION 'A consumer cannot start at "%".', start_at
                USING ERRCODE = 'invalid_parameter_value',
                      HINT = 'It starts at: beginning, now, a time such as 2026-11-24T10:00:00Z, or an Outbox-Position.';
        END IF;
    END IF;
    INSERT INTO inbox.start_request (consumer, source, start_at)
    VALUES (which_consumer, which_source, place)
    RETURNING id INTO requested;
    RETURN requested;
END
$$;
COMMENT ON FUNCTION inbox.reset IS
    'Has a consumer handle a source from another place on: beginning, now, a time or an Outbox-Position. Events after it are handled again though they were, and those before it are not though they were not. Returns the request''s id.';
