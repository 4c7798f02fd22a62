-- History: the table says what happened, the journal in which order, the stream is a copy that can be made again.
-- Everything here but the history's id is written by the leading relay alone.

CREATE TABLE outbox.history (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    made_at       timestamptz NOT NULL DEFAULT now(),
    stream_config jsonb,
    stream_first  bigint,
    stream_holes  bigint,
    publication   text
);
CREATE UNIQUE INDEX history_is_one_row ON outbox.history ((true));
INSERT INTO outbox.history DEFAULT VALUES;

COMMENT ON TABLE outbox.history IS
    'One row: the identity of this outbox. A dump, a backup and a replica carry it along; the branches of outbox.epoch tell such copies apart.';
COMMENT ON COLUMN outbox.history.id IS 'Also in the stream''s metadata (aftercommit-history) and in the consumers'' checkpoints.';
COMMENT ON COLUMN outbox.history.made_at IS 'When this schema got its history.';
COMMENT ON COLUMN outbox.history.stream_config IS
    'The configuration of the stream as it was last seen, so that a lost one can be made again as it was; null before the first.';
COMMENT ON COLUMN outbox.history.stream_first IS
    'The first sequence that the stream held; null to accept what it holds now.';
COMMENT ON COLUMN outbox.history.stream_holes IS
    'How many messages were missing in the middle of the stream; null to accept those that are missing now.';
COMMENT ON COLUMN outbox.history.publication IS
    'The publication''s rows in the catalog as they were last seen: others mean that somebody has altered it.';

ALTER TABLE outbox.epoch RENAME COLUMN consistent_point TO first_lsn;
ALTER TABLE outbox.epoch
    ALTER COLUMN snapshot DROP NOT NULL,
    ADD COLUMN branch uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN reason text NOT NULL DEFAULT 'first-start'
        CHECK (reason IN ('first-start', 'slot-made-anew', 'fork', 'heal', 'retry'));
CREATE UNIQUE INDEX epoch_branch ON outbox.epoch (branch);

COMMENT ON TABLE outbox.epoch IS
    'A range of the WAL whose events got positions of one epoch: from first_lsn to that of the next epoch of the same cluster. Never delete the newest row.';
COMMENT ON COLUMN outbox.epoch.first_lsn IS 'The LSN of the first commit that belongs to the epoch.';
COMMENT ON COLUMN outbox.epoch.branch IS
    'Random. Also in the stream''s metadata (aftercommit-branch): a branch that is not in this table was written by another copy of the database.';
COMMENT ON COLUMN outbox.epoch.reason IS 'Why the epoch before it ended.';
COMMENT ON COLUMN outbox.epoch.snapshot IS 'Of releases without a journal: what was committed when the slot was made.';
COMMENT ON COLUMN outbox.epoch.caught_up_at IS
    'Of releases without a journal: when the last row from the table was stored in the stream.';
COMMENT ON COLUMN outbox.epoch.began_at IS 'When the epoch began.';

-- One row for many events, in publish order. The primary key is the fence: a relay that was away does not know that
-- its next entry has been written by another, and cannot write it twice.
CREATE TABLE outbox.journal (
    entry          bigint      PRIMARY KEY CHECK (entry > 0),
    term           int         NOT NULL CHECK (term > 0),
    kind           text        NOT NULL CHECK (kind IN ('published', 'ghost', 'parked', 'discarded')),
    epoch          int         NOT NULL CHECK (epoch >= 0),
    events         int         NOT NULL,
    packed         bytea       NOT NULL,
    first_position text        COLLATE "C",
    last_position  text        COLLATE "C",
    last_lsn       pg_lsn      NOT NULL,
    confirm_lsn    pg_lsn      NOT NULL,
    tail_sequence  bigint      NOT NULL CHECK (tail_sequence >= 0),
    tail_event     uuid,
    proven         pg_snapshot,
    proven_at      timestamptz,
    proven_since   timestamptz,
    proven_entry   bigint,
    proven_parts   oid[],
    written_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (octet_length(packed) = 36 * events)
);
ALTER TABLE outbox.journal ALTER COLUMN packed SET STORAGE EXTERNAL;
CREATE INDEX journal_positions ON outbox.journal (last_position)
    WHERE kind IN ('published', 'ghost') AND events > 0;

COMMENT ON TABLE outbox.journal IS
    'What the relay has published, or owes to the stream, in order. The replication slot is confirmed only for what stands here. The newest row is the progress: never delete it.';
COMMENT ON COLUMN outbox.journal.entry IS 'Without gaps from one leader to the next.';
COMMENT ON COLUMN outbox.journal.term IS 'Counts the leaders.';
COMMENT ON COLUMN outbox.journal.kind IS
    'published: has its place in the stream, or gets it as soon as the stream takes it. ghost: is in the stream, and was not in the table when the relay looked. parked: held back. discarded: never to be published. Of several entries of an event the last one counts.';
COMMENT ON COLUMN outbox.journal.epoch IS
    'First part of the positions of these events; 0 for events that were published before there was a journal.';
COMMENT ON COLUMN outbox.journal.events IS 'How many events the row holds; 0 for a row that only notes progress.';
COMMENT ON COLUMN outbox.journal.packed IS
    '36 bytes an event: id, LSN of the commit (8), ordinal (4), commit time in microseconds since 1970 (8). Read it with outbox.journal_events.';
COMMENT ON COLUMN outbox.journal.first_position IS 'Outbox-Position of the first event of the row.';
COMMENT ON COLUMN outbox.journal.last_position IS 'Outbox-Position of the last event of the row.';
COMMENT ON COLUMN outbox.journal.last_lsn IS 'The highest commit LSN that was journaled so far.';
COMMENT ON COLUMN outbox.journal.confirm_lsn IS 'The slot may be confirmed up to here once this row is committed, and not further.';
COMMENT ON COLUMN outbox.journal.tail_sequence IS 'The last sequence of the stream that the relay knew when it wrote the row.';
COMMENT ON COLUMN outbox.journal.tail_event IS 'The event at that sequence; null while the stream is empty.';
COMMENT ON COLUMN outbox.journal.proven IS
    'A snapshot of which every row is proven to be journaled; null where nothing was proven yet.';
COMMENT ON COLUMN outbox.journal.proven_at IS 'When that snapshot was taken.';
COMMENT ON COLUMN outbox.journal.proven_since IS
    'Rows that the proven snapshot does not see were inserted after this time of the database''s clock.';
COMMENT ON COLUMN outbox.journal.proven_entry IS 'The newest entry when the proven snapshot was taken.';
COMMENT ON COLUMN outbox.journal.proven_parts IS
    'The partitions that outbox.event had then: one that was attached since is proven as a whole.';
COMMENT ON COLUMN outbox.journal.written_at IS 'When the row was written.';

-- The packed column is taken out of its storage once for each row (the concatenation), not once for each event.
CREATE FUNCTION outbox.journal_events(after_entry bigint DEFAULT 0)
    RETURNS TABLE (entry bigint, kind text, event_id uuid, "position" text, commit_time timestamptz)
    LANGUAGE sql STABLE ROWS 100000 PARALLEL SAFE
    SET search_path = pg_catalog
AS $$
    SELECT j.entry, j.kind, encode(substring(j.packed FROM 36 * i + 1 FOR 16), 'hex')::uuid,
           lpad(to_hex(j.epoch), 8, '0') || '-' || encode(substring(j.packed FROM 36 * i + 17 FOR 8), 'hex')
               || '-' || encode(substring(j.packed FROM 36 * i + 25 FOR 4), 'hex'),
           timestamptz 'epoch' + interval '1 microsecond'
               * ('x' || encode(substring(j.packed FROM 36 * i + 29 FOR 8), 'hex'))::bit(64)::bigint
      FROM (SELECT o.entry, o.kind, o.epoch, o.events, o.packed || ''::bytea AS packed
              FROM outbox.journal o
             WHERE o.entry > after_entry AND o.events > 0
            OFFSET 0) j
     CROSS JOIN LATERAL generate_series(0, j.events - 1) AS i
$$;
COMMENT ON FUNCTION outbox.journal_events(bigint) IS
    'The journal, one row for each event; of several entries of an event the one with the highest entry counts.';

CREATE TABLE outbox.incident (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text        NOT NULL,
    found_at       timestamptz NOT NULL DEFAULT now(),
    epoch          int,
    first_position text        COLLATE "C",
    last_position  text        COLLATE "C",
    events         bigint      NOT NULL DEFAULT 0,
    ghosts         uuid[]      NOT NULL DEFAULT '{}',
    late           text[]      NOT NULL DEFAULT '{}',
    detail         text        NOT NULL
);
COMMENT ON TABLE outbox.incident IS
    'Each time that the past had changed: what the relay saw, and what it did about it. Rows may be deleted when they have been read.';
COMMENT ON COLUMN outbox.incident.kind IS 'Such as slot-moved; docs/how-to/incidents.md has a section for each.';
COMMENT ON COLUMN outbox.incident.found_at IS 'When it was noticed.';
COMMENT ON COLUMN outbox.incident.epoch IS 'The epoch that the relay began because of it, if it began one.';
COMMENT ON COLUMN outbox.incident.first_position IS 'Position of the first event that was healed or made again.';
COMMENT ON COLUMN outbox.incident.last_position IS 'Position of the last one.';
COMMENT ON COLUMN outbox.incident.events IS 'How many events were healed or made again.';
COMMENT ON COLUMN outbox.incident.ghosts IS
    'Events that are in the stream and not in this database: consumers have heard of them, and nothing calls them back.';
COMMENT ON COLUMN outbox.incident.late IS
    'Aggregates (type/id) of which an older event came behind a newer one; of very many only the first ones.';
COMMENT ON COLUMN outbox.incident.detail IS 'What was seen and what was done, in words.';
