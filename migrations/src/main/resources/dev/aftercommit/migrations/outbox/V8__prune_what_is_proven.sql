-- Two kinds of entries are still asked for when their events have left the table. An event whose transaction waits for a
-- synchronous standby is published before it can be seen: without its entry it would be new as soon as it is seen. And what
-- the slot delivers again, since a crash or a failover took it back, would be new without its entry, too.
CREATE OR REPLACE FUNCTION outbox.prune_journal(retention interval, most_events int DEFAULT 100000) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    newest  record;
    this_cluster text := (SELECT e.system_identifier FROM outbox.epoch e ORDER BY e.epoch DESC LIMIT 1);
    -- Unlike the confirmed LSN it is on the disk when it is here.
    safe_lsn pg_lsn := (SELECT s.restart_lsn FROM pg_catalog.pg_replication_slots s
                        WHERE s.slot_name = 'outbox' AND s.database = current_database());
    oldest  record;
    ids     uuid[];
    pruned  bigint := 0;
    events  bigint := 0;
BEGIN
    SELECT j.entry, j.proven_since INTO newest FROM outbox.journal j ORDER BY j.entry DESC LIMIT 1;
    FOR oldest IN SELECT j.entry, j.events, j.packed || ''::bytea AS packed, j.last_lsn,
                         EXISTS (SELECT FROM outbox.epoch e
                                  WHERE e.epoch = j.epoch AND e.system_identifier = this_cluster) AS is_of_this_cluster
                    FROM outbox.journal j
                   -- Whatever the proven snapshot does not see was inserted after proven_since, and journaled later.
                   WHERE j.entry < newest.entry AND j.written_at < now() - retention
                     AND j.written_at < newest.proven_since
                   ORDER BY j.entry LOOP
        EXIT WHEN oldest.is_of_this_cluster AND (oldest.last_lsn < safe_lsn) IS NOT TRUE;
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
    'Deletes the oldest rows of the journal that were written longer than this ago and before proven_since, that the slot will not deliver again, and of whose events none is in outbox.event or outbox.parked_event any more; never the newest. Returns how many; call it again until it is 0.';
