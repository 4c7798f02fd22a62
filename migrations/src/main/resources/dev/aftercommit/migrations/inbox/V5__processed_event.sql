-- What a parallel consumer knows: a checkpoint for all partitions together, and behind that each event by itself.

ALTER TABLE inbox.checkpoint
    DROP CONSTRAINT checkpoint_partition_check,
    ADD CONSTRAINT checkpoint_partition_check CHECK (partition BETWEEN -1 AND 99);
COMMENT ON COLUMN inbox.checkpoint.partition IS
    'Partition of the stream, from 0; -1 in the one row of a parallel consumer, which is about all of them.';

-- The partitions are there from the beginning and stay: nothing fails for want of one, and nobody has to make tables.
-- Events of 16 days in a row are in different ones, so all of a day can be forgotten by one TRUNCATE, which waits for
-- nobody but those who handle events of that day.
CREATE FUNCTION inbox.bucket_of(event_id uuid) RETURNS smallint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT ((('x' || left(replace(event_id::text, '-', ''), 12))::bit(48)::bigint / 86400000) % 16)::smallint
$$;
COMMENT ON FUNCTION inbox.bucket_of IS 'The day of an event id, a UUIDv7, modulo 16.';

CREATE TABLE inbox.processed_event (
    event_id   uuid        NOT NULL,
    consumer   text        NOT NULL,
    source     text        NOT NULL,
    bucket     smallint    NOT NULL CHECK (bucket = inbox.bucket_of(event_id)),
    "position" text        COLLATE "C" NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, consumer, source, bucket)
) PARTITION BY LIST (bucket);

DO $$
BEGIN
    FOR bucket IN 0..15 LOOP
        EXECUTE format('CREATE TABLE inbox.processed_event_%s PARTITION OF inbox.processed_event FOR VALUES IN (%s)',
                       lpad(bucket::text, 2, '0'), bucket);
    END LOOP;
END
$$;

COMMENT ON TABLE inbox.processed_event IS
    'Events that a parallel consumer has handled or parked, written in the transactions in which it did, so an event takes effect once. Rows at or before the checkpoint of their consumer say nothing more than that does, and are forgotten after a week.';
COMMENT ON COLUMN inbox.processed_event.event_id IS 'The event; the same id on every hop.';
COMMENT ON COLUMN inbox.processed_event.consumer IS 'Name of the consumer.';
COMMENT ON COLUMN inbox.processed_event.source IS 'Name of the producing service''s database.';
COMMENT ON COLUMN inbox.processed_event.bucket IS 'inbox.bucket_of(event_id): in which partition of this table the row is.';
COMMENT ON COLUMN inbox.processed_event."position" IS 'Outbox-Position of the event.';
COMMENT ON COLUMN inbox.processed_event.handled_at IS 'When its transaction began.';

-- As the owner of the table, whoever calls it: it takes out nothing that anybody needs.
CREATE FUNCTION inbox.forget_processed_events(older_than interval) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    part      regclass;
    is_needed boolean;
    needed    text := 'SELECT NOT EXISTS (SELECT FROM %1$s) OR EXISTS (
        SELECT FROM %1$s p
          LEFT JOIN inbox.checkpoint c ON c.consumer = p.consumer AND c.source = p.source AND c.partition = -1
         WHERE p.handled_at >= now() - $1 OR c."position" IS NULL OR p."position" > c."position" COLLATE "C")';
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'A transaction that is % does not see what was handled before a partition was locked.',
                current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state', HINT = 'Call this function in READ COMMITTED.';
    END IF;
    FOR part IN SELECT i.inhrelid FROM pg_catalog.pg_inherits i
                 WHERE i.inhparent = 'inbox.processed_event'::regclass ORDER BY i.inhrelid LOOP
        EXECUTE format(needed, part) INTO is_needed USING older_than;
        CONTINUE WHEN is_needed;
        BEGIN
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part);
            EXECUTE format(needed, part) INTO is_needed USING older_than; -- again, now that nobody can add to it
            CONTINUE WHEN is_needed;
            EXECUTE format('TRUNCATE %s', part);
            RETURN NEXT part::text;
        EXCEPTION WHEN lock_not_available THEN
            CONTINUE;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION inbox.forget_processed_events IS
    'Empties the partitions of inbox.processed_event of which every row is older than this and at or before the checkpoint of its consumer. Returns their names.';
