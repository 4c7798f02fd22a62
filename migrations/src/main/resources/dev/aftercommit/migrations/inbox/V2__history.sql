-- By what a consumer recognises that the past has changed: another history, another event where its own was.

ALTER TABLE inbox.checkpoint
    ADD COLUMN history           uuid,
    ADD COLUMN branch            uuid,
    ADD COLUMN event_id          uuid,
    ADD COLUMN accepted_sequence bigint;

COMMENT ON TABLE inbox.checkpoint IS
    'How far a consumer has come, for each partition of each source: it has handled every event of the partition up to this one. It moves in the handler''s own transaction, by compare-and-set, so an event takes effect once; and along with the stream while the partition has no events. Restored from a backup together with the data, it makes the consumer catch up by itself.';
COMMENT ON COLUMN inbox.checkpoint.stream_sequence IS
    'Sequence in the JetStream stream up to which everything of the partition is handled.';
COMMENT ON COLUMN inbox.checkpoint.position IS
    'Outbox-Position of the event at that sequence, by which a stream that was made again is resumed; null before the first.';
COMMENT ON COLUMN inbox.checkpoint.event_id IS
    'The event at that sequence, which the stream must still hold there or at that position; null when unknown: before the first, in rows of an earlier version, or when an operator has moved the checkpoint.';
COMMENT ON COLUMN inbox.checkpoint.history IS
    'The history that the stream was a copy of; null when the stream did not say.';
COMMENT ON COLUMN inbox.checkpoint.branch IS
    'The branch of that history in which the stream was published last; null when the stream did not say.';
COMMENT ON COLUMN inbox.checkpoint.accepted_sequence IS
    'Set by an operator: it is accepted that messages up to this sequence of the stream are gone though they were not handled.';
