-- Finds what was inserted since some time, without reading the whole table. A partition that is made later gets the
-- index, too. It cannot be built CONCURRENTLY here, so emits wait for as long as it takes to read the table: about two
-- seconds for each million rows. Where that is too long, build it for each partition before, which nobody waits for,
-- and this statement adopts it:
--   CREATE INDEX CONCURRENTLY ON outbox.event_default (created_at);
CREATE INDEX event_created_at_idx ON outbox.event (created_at);
COMMENT ON INDEX outbox.event_created_at_idx IS 'Finds the events that were inserted since some time.';
