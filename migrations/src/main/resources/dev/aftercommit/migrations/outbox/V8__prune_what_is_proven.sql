-- An event whose transaction waits for a synchronous standby is journaled and published, and cannot be seen in the table.
-- To prune its entry would be to forget it: as soon as it is seen, it would be taken for a new one.
CREATE OR REPLACE FUNCTION outbox.prune_journal(retention interval, most_events int DEFAULT 100000) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = '' SET lock_timeout = '100ms'
AS $$
DECLARE
    newest  record;
    oldest  record;
    ids     uuid[];
    pruned  bigint := 0;
    events  bigint := 0;
BEGIN
    SELECT j.entry, j.proven_since INTO newest FROM outbox.journal j ORDER BY j.entry DESC LIMIT 1;
    -- Whatever the proven snapshot does not see was inserted after proven_since, and so was journaled after it.
    FOR oldest IN SELECT j.entry, j.events, j.packed || ''::bytea AS packed
                    FROM outbox.journal j
                   WHERE j.entry < newest.entry AND j.written_at < now() - retention
                     AND j.written_at < newest.proven_since
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
    'Deletes the oldest rows of the journal that were written longer than this ago and before proven_since, and of whose events none is in outbox.event or outbox.parked_event any more, never the newest. Returns how many; call it again until it is 0.';
