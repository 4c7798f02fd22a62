-- The inbox: how far each consumer of this database has come, written in the transactions of its handlers.

-- One row for each partition, updated by every handler transaction: half-empty pages keep those updates off the index.
CREATE TABLE inbox.checkpoint (
    consumer        text        NOT NULL,
    source          text        NOT NULL,
    partition       int         NOT NULL CHECK (partition BETWEEN 0 AND 99),
    stream_sequence bigint      NOT NULL CHECK (stream_sequence >= 0),
    stream_identity text        NOT NULL,
    position        text,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, source, partition)
) WITH (fillfactor = 50);

COMMENT ON SCHEMA inbox IS 'What the consumers of Aftercommit know about the events they handle.';
COMMENT ON TABLE inbox.checkpoint IS
    'The last event handled by a consumer, for each partition of each source. It moves in the handler''s own transaction, by compare-and-set, so an event takes effect once. Restored from a backup together with the data, it makes the consumer catch up by itself.';
COMMENT ON COLUMN inbox.checkpoint.consumer IS 'Name of the consumer; each has its own progress.';
COMMENT ON COLUMN inbox.checkpoint.source IS 'Name of the producing service''s database, such as accounts.';
COMMENT ON COLUMN inbox.checkpoint.partition IS 'Partition of the stream, from 0.';
COMMENT ON COLUMN inbox.checkpoint.stream_sequence IS 'Sequence in the JetStream stream of the last handled event; 0 before the first.';
COMMENT ON COLUMN inbox.checkpoint.stream_identity IS
    'Tells the stream from one recreated under the same name, in which sequences mean something else.';
COMMENT ON COLUMN inbox.checkpoint.position IS
    'Outbox-Position of the last handled event, by which a recreated stream is resumed; null before the first.';
COMMENT ON COLUMN inbox.checkpoint.updated_at IS 'When the checkpoint moved last.';
