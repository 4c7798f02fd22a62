-- Partitions of outbox.event by time, made ahead and dropped by the leading relay. It needs no more than EXECUTE for
-- it: the functions run as the owner of the tables. None of them lets an emit wait: what they need a lock for they do
-- only when nobody holds the table for long, and give up after 100 ms.

CREATE TABLE outbox.dropped_partition (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text        NOT NULL,
    from_time      timestamptz,
    to_time        timestamptz,
    first_id       uuid,
    last_id        uuid,
    newest_at      timestamptz,
    estimated_rows bigint      NOT NULL,
    bytes          bigint      NOT NULL,
    dropped_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbox.dropped_partition IS
    'What retention has dropped: all of it was journaled and stored in the stream. Where a stream that is made again must begin.';
COMMENT ON COLUMN outbox.dropped_partition.name IS 'Of the partition that was dropped.';
COMMENT ON COLUMN outbox.dropped_partition.from_time IS
    'The time in its event ids from which on it took them; null for the default partition and for one without a lower bound.';
COMMENT ON COLUMN outbox.dropped_partition.to_time IS 'Before this time; null for the default partition.';
COMMENT ON COLUMN outbox.dropped_partition.first_id IS 'Its lowest event id; null when it was empty.';
COMMENT ON COLUMN outbox.dropped_partition.last_id IS 'Its highest event id; null when it was empty.';
COMMENT ON COLUMN outbox.dropped_partition.newest_at IS 'The newest created_at in it; null when it was empty.';
COMMENT ON COLUMN outbox.dropped_partition.estimated_rows IS 'By the statistics of the last VACUUM or ANALYZE; -1 when there was none.';
COMMENT ON COLUMN outbox.dropped_partition.bytes IS 'How much disk space it took, indexes included.';
COMMENT ON COLUMN outbox.dropped_partition.dropped_at IS 'When it was dropped.';

CREATE FUNCTION outbox.id_at(moment timestamptz) RETURNS uuid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = ''
AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
COMMENT ON FUNCTION outbox.id_at(timestamptz) IS 'A bound for event ids: it sorts before every UUIDv7 of that millisecond and behind all earlier ones.';

CREATE FUNCTION outbox.time_of(id uuid) RETURNS timestamptz
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = ''
AS $$
    SELECT timestamptz 'epoch'
        + interval '1 millisecond' * ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint
$$;
COMMENT ON FUNCTION outbox.time_of(uuid) IS 'The time in an event id, a UUIDv7.';

CREATE FUNCTION outbox.partition_bounds()
    RETURNS TABLE (partition regclass, name text, is_default boolean, from_id uuid, to_id uuid)
    LANGUAGE sql STABLE SET search_path = ''
AS $$
    SELECT c.oid::regclass, c.relname::text, b.bound = 'DEFAULT',
           substring(b.bound FROM 'FROM \(''([0-9a-f-]+)''\)')::uuid, substring(b.bound FROM 'TO \(''([0-9a-f-]+)''\)')::uuid
      FROM pg_catalog.pg_inherits i
      JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
     CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound) b
     WHERE i.inhparent = 'outbox.event'::regclass
$$;
COMMENT ON FUNCTION outbox.partition_bounds() IS
    'The partitions of outbox.event and which ids they take; null for a side that is open, both for the default partition.';

CREATE FUNCTION outbox.partition_status()
    RETURNS TABLE (name text, is_default boolean, from_time timestamptz, to_time timestamptz,
                   newest_at timestamptz, estimated_rows bigint, bytes bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    part record;
BEGIN
    FOR part IN SELECT * FROM outbox.partition_bounds() b ORDER BY b.is_default, b.from_id NULLS FIRST LOOP
        name := part.name;
        is_default := part.is_default;
        from_time := outbox.time_of(part.from_id);
        to_time := outbox.time_of(part.to_id);
        EXECUTE format('SELECT max(created_at) FROM %s', part.partition) INTO newest_at;
        SELECT c.reltuples::bigint INTO estimated_rows FROM pg_catalog.pg_class c WHERE c.oid = part.partition;
        bytes := pg_catalog.pg_total_relation_size(part.partition);
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION outbox.partition_status() IS
    'The partitions of outbox.event, oldest first, the default one last: the times in their ids, the newest created_at, their size.';

-- Whoever still holds a lock after a tenth of a second may hold it for hours. To wait for it would be of no use, and
-- everybody who emits meanwhile would wait behind the one that waits.
CREATE FUNCTION outbox.is_in_use(relation regclass) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = ''
AS $$
DECLARE
    holders text[];
BEGIN
    holders := ARRAY(SELECT l.virtualtransaction FROM pg_catalog.pg_locks l
                      WHERE l.relation = is_in_use.relation AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
                        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()));
    IF cardinality(holders) = 0 THEN
        RETURN false;
    END IF;
    PERFORM pg_catalog.pg_sleep(0.1);
    RETURN EXISTS (SELECT FROM pg_catalog.pg_locks l
                    WHERE l.relation = is_in_use.relation AND l.virtualtransaction = ANY (holders));
END
$$;
COMMENT ON FUNCTION outbox.is_in_use(regclass) IS 'Whether a transaction holds a lock on it for a tenth of a second and longer.';

-- Whoever may read outbox.event may read the partition by its own name, too: the relay proves a new one as a whole.
CREATE FUNCTION outbox.add_partition(name text, bounds text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = ''
AS $$
DECLARE
    reader record;
BEGIN
    EXECUTE format('CREATE TABLE outbox.%I (LIKE outbox.event INCLUDING ALL)', name);
    FOR reader IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS role
                    FROM pg_catalog.pg_class c
                   CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
                    LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                   WHERE c.oid = 'outbox.event'::regclass AND a.privilege_type = 'SELECT' LOOP
        EXECUTE format('GRANT SELECT ON outbox.%I TO %s', name, reader.role);
    END LOOP;
    EXECUTE format('ALTER TABLE outbox.event ATTACH PARTITION outbox.%I %s', name, bounds);
END
$$;
COMMENT ON FUNCTION outbox.add_partition(text, text) IS 'Makes an empty table like outbox.event and attaches it.';

CREATE FUNCTION outbox.add_default() RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = ''
AS $$
BEGIN
    PERFORM outbox.add_partition('event_default', 'DEFAULT');
    COMMENT ON TABLE outbox.event_default IS 'Rows for which outbox.event has no partition by time.';
END
$$;
COMMENT ON FUNCTION outbox.add_default() IS 'Makes an empty default partition.';

-- PostgreSQL reads the whole default partition when another one is attached, while nobody can insert into it.
CREATE FUNCTION outbox.default_is_large() RETURNS boolean
    LANGUAGE sql STABLE SET search_path = ''
AS $$
    SELECT pg_catalog.pg_relation_size('outbox.event_default') > 64 * 1024 * 1024
$$;
COMMENT ON FUNCTION outbox.default_is_large() IS 'Whether reading the default partition takes longer than an emit may wait: more than 64 MB.';

CREATE FUNCTION outbox.is_taken(lower_id uuid, upper_id uuid) RETURNS boolean
    LANGUAGE sql VOLATILE SET search_path = ''
AS $$
    SELECT EXISTS (SELECT FROM outbox.partition_bounds() b
                    WHERE NOT b.is_default
                      AND (b.from_id IS NULL OR b.from_id < upper_id)
                      AND (b.to_id IS NULL OR b.to_id > lower_id))
        OR EXISTS (SELECT FROM outbox.event_default e WHERE e.id >= lower_id AND e.id < upper_id)
$$;
COMMENT ON FUNCTION outbox.is_taken(uuid, uuid) IS
    'Whether a partition, or a row of the default one, is in the way of a new partition for these ids.';

CREATE FUNCTION outbox.make_partition(from_time timestamptz, to_time timestamptz) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    lower_id uuid := outbox.id_at(from_time);
    upper_id uuid := outbox.id_at(to_time);
BEGIN
    IF outbox.is_taken(lower_id, upper_id) THEN
        RETURN 'taken';
    END IF;
    IF outbox.default_is_large() THEN
        RETURN 'large';
    END IF;
    IF outbox.is_in_use('outbox.event') THEN
        RETURN 'busy';
    END IF;
    -- An emit must wait here, before it knows its partition: one that had chosen the default partition already and
    -- waited there would fail, since that takes ids of this time no more.
    LOCK TABLE ONLY outbox.event IN SHARE ROW EXCLUSIVE MODE;
    LOCK TABLE ONLY outbox.event_default IN ACCESS EXCLUSIVE MODE;
    IF outbox.is_taken(lower_id, upper_id) THEN
        RETURN 'taken';
    END IF;
    PERFORM outbox.add_partition(
        'event_' || to_char(from_time AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MI'),
        format('FOR VALUES FROM (%L) TO (%L)', lower_id, upper_id));
    RETURN 'made';
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END
$$;
COMMENT ON FUNCTION outbox.make_partition(timestamptz, timestamptz) IS
    'Makes the partition for ids of this time: made. Or says why not: taken (another partition, or a row of the default one), large (the default partition), busy (try again).';

CREATE FUNCTION outbox.check_partition(name text, retention interval, tail_position text, leader_term int)
    RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    part     record;
    content  record;
    progress record;
    is_held  boolean;
BEGIN
    SELECT * INTO part FROM outbox.partition_bounds() b WHERE b.name = check_partition.name;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    EXECUTE format('SELECT max(created_at) AS newest_at, (SELECT id FROM %1$s ORDER BY id LIMIT 1) AS first_id,'
                || ' (SELECT id FROM %1$s ORDER BY id DESC LIMIT 1) AS last_id FROM %1$s', part.partition) INTO content;
    IF part.is_default AND content.first_id IS NULL THEN
        RETURN 'empty';
    END IF;
    IF content.newest_at > now() - retention OR outbox.time_of(part.to_id) > now() - retention THEN
        RETURN 'young';
    END IF;
    SELECT j.term, j.proven_since, j.proven_parts INTO progress FROM outbox.journal j ORDER BY j.entry DESC LIMIT 1;
    IF progress.term IS DISTINCT FROM leader_term THEN
        RETURN 'fenced';
    END IF;
    -- Rows that the proven snapshot does not see were inserted after proven_since; the proof looks 5 s further back.
    IF progress.proven_since IS NULL OR NOT part.partition::oid = ANY (progress.proven_parts)
        OR content.newest_at >= progress.proven_since - interval '5 seconds' THEN
        RETURN 'unproven';
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM outbox.parked_event p WHERE p.event_id BETWEEN $1 AND $2'
                || ' AND EXISTS (SELECT FROM %s e WHERE e.id = p.event_id))', part.partition)
        INTO is_held USING content.first_id, content.last_id;
    IF is_held THEN
        RETURN 'parked';
    END IF;
    -- OFFSET 0: by the index on positions; a walk from the first entry on would read the whole journal.
    EXECUTE format('SELECT EXISTS (
            SELECT FROM outbox.journal_events((SELECT min(o.entry) - 1
                                                 FROM (SELECT j.entry FROM outbox.journal j
                                                        WHERE j.kind IN (''published'', ''ghost'') AND j.events > 0
                                                          AND j.last_position > $3 OFFSET 0) o)) n
             WHERE n.kind = ''published'' AND n.position > $3 COLLATE "C" AND n.event_id BETWEEN $1 AND $2
               AND EXISTS (SELECT FROM %s e WHERE e.id = n.event_id))', part.partition)
        INTO is_held USING content.first_id, content.last_id, coalesce(tail_position, '');
    RETURN CASE WHEN is_held THEN 'owed' END;
END
$$;
COMMENT ON FUNCTION outbox.check_partition(text, interval, text, int) IS
    'Why this partition must not be dropped by the leader of this term while the stream''s last message has this position: unknown, empty (the default one, which then stays), young, fenced (another leads), unproven (not all of it is proven to be journaled), parked, owed (not stored in the stream yet). Null when it may be dropped.';

CREATE FUNCTION outbox.drop_partition(name text, retention interval, tail_position text, leader_term int)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    reason text := outbox.check_partition(name, retention, tail_position, leader_term);
    part   record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'A transaction that is % does not see what was inserted before the partition was locked.',
                current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state', HINT = 'Call this function in READ COMMITTED.';
    END IF;
    IF reason IS NOT NULL THEN
        RETURN reason;
    END IF;
    SELECT * INTO part FROM outbox.partition_bounds() b WHERE b.name = drop_partition.name;
    IF outbox.is_in_use('outbox.event') OR outbox.is_in_use(part.partition) THEN
        RETURN 'busy';
    END IF;
    LOCK TABLE ONLY outbox.event IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', part.partition);
    -- Again, now that nobody can add to it.
    reason := outbox.check_partition(name, retention, tail_position, leader_term);
    IF reason IS NOT NULL THEN
        RETURN reason;
    END IF;
    EXECUTE format('INSERT INTO outbox.dropped_partition
                           (name, from_time, to_time, first_id, last_id, newest_at, estimated_rows, bytes)
                    SELECT $1, $2, $3, (SELECT id FROM %1$s ORDER BY id LIMIT 1),
                           (SELECT id FROM %1$s ORDER BY id DESC LIMIT 1), (SELECT max(created_at) FROM %1$s),
                           (SELECT reltuples FROM pg_catalog.pg_class WHERE oid = $4),
                           pg_catalog.pg_total_relation_size($4)', part.partition)
        USING name, outbox.time_of(part.from_id), outbox.time_of(part.to_id), part.partition;
    EXECUTE format('DROP TABLE %s', part.partition);
    IF part.is_default THEN
        PERFORM outbox.add_default();
    END IF;
    RETURN 'dropped';
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END
$$;
COMMENT ON FUNCTION outbox.drop_partition(text, interval, text, int) IS
    'Drops a partition, and puts an empty one in the place of the default one: dropped. Or says why not, as outbox.check_partition does, or busy (try again).';

-- For people: the relay never does it, since the constraint that a large default partition needs before refuses ids.
CREATE FUNCTION outbox.renew_default(to_time timestamptz) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    upper_id uuid := outbox.id_at(to_time);
    new_name text := 'event_before_' || to_char(to_time AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MI');
    first_id uuid;
    lower_id uuid;
BEGIN
    IF outbox.default_is_large() AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint c
             WHERE c.conrelid = 'outbox.event_default'::regclass AND c.conname = 'event_default_range'
               AND c.contype = 'c' AND c.convalidated) THEN
        RAISE EXCEPTION 'The default partition is large, and nothing proves which ids it holds; nothing was changed.'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('First: ALTER TABLE outbox.event_default ADD CONSTRAINT event_default_range CHECK (id < %L) NOT VALID;'
                             || ' ALTER TABLE outbox.event_default VALIDATE CONSTRAINT event_default_range;', upper_id);
    END IF;
    IF outbox.is_in_use('outbox.event') THEN
        RETURN 'busy';
    END IF;
    LOCK TABLE ONLY outbox.event IN ACCESS EXCLUSIVE MODE;
    LOCK TABLE ONLY outbox.event_default IN ACCESS EXCLUSIVE MODE;
    SELECT e.id INTO first_id FROM outbox.event_default e ORDER BY e.id LIMIT 1;
    SELECT b.to_id INTO lower_id FROM outbox.partition_bounds() b WHERE b.to_id <= first_id ORDER BY b.to_id DESC LIMIT 1;
    ALTER TABLE outbox.event DETACH PARTITION outbox.event_default;
    EXECUTE format('ALTER TABLE outbox.event_default RENAME TO %I', new_name);
    EXECUTE format('ALTER TABLE outbox.event ATTACH PARTITION outbox.%I FOR VALUES FROM (%s) TO (%L)',
                   new_name, coalesce(quote_literal(lower_id), 'MINVALUE'), upper_id);
    EXECUTE format('ALTER TABLE outbox.%I DROP CONSTRAINT IF EXISTS event_default_range', new_name);
    PERFORM outbox.add_default();
    RETURN new_name;
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END
$$;
COMMENT ON FUNCTION outbox.renew_default(timestamptz) IS
    'Turns the default partition into one for ids before this time and puts an empty one in its place. Returns its new name, or busy (try again). docs/how-to/retention.md says when.';

-- From the oldest entry on and never past one that must stay, so that an event never loses its last entry before the
-- others.
CREATE FUNCTION outbox.prune_journal(retention interval, most_events int DEFAULT 100000) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    newest  bigint := (SELECT max(j.entry) FROM outbox.journal j);
    oldest  record;
    ids     uuid[];
    pruned  bigint := 0;
    events  bigint := 0;
BEGIN
    FOR oldest IN SELECT j.entry, j.events, j.packed || ''::bytea AS packed
                    FROM outbox.journal j
                   WHERE j.entry < newest AND j.written_at < now() - retention
                   ORDER BY j.entry LOOP
        ids := ARRAY(SELECT encode(substring(oldest.packed FROM 36 * i + 1 FOR 16), 'hex')::uuid
                       FROM generate_series(0, oldest.events - 1) AS i);
        EXIT WHEN EXISTS (SELECT FROM outbox.event e WHERE e.id = ANY (ids))
               OR EXISTS (SELECT FROM outbox.parked_event p WHERE p.event_id = ANY (ids));
        DELETE FROM outbox.journal j WHERE j.entry = oldest.entry;
        pruned := pruned + 1;
        events := events + oldest.events;
        EXIT WHEN events >= most_events;
    END LOOP;
    RETURN pruned;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END
$$;
COMMENT ON FUNCTION outbox.prune_journal(interval, int) IS
    'Deletes the oldest rows of the journal that were written longer than this ago and of whose events none is in outbox.event or outbox.parked_event any more, never the newest. Returns how many; call it again until it is 0.';

-- Only the hint has changed.
CREATE OR REPLACE FUNCTION outbox.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION 'outbox.event is append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'To correct an event, emit another one. To free disk space, let the relay drop partitions'
                  || ' (OUTBOX_RETENTION). To start a test afresh, TRUNCATE the partitions of outbox.partition_status().';
END
$$;

REVOKE EXECUTE ON FUNCTION
    outbox.partition_status(), outbox.make_partition(timestamptz, timestamptz),
    outbox.check_partition(text, interval, text, int), outbox.drop_partition(text, interval, text, int),
    outbox.renew_default(timestamptz), outbox.prune_journal(interval, int), outbox.add_partition(text, text) FROM PUBLIC;
