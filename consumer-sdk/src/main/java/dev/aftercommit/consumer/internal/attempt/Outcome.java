package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;

/** What became of a transaction. Whatever it is, nothing was committed in part. */
public sealed interface Outcome {
    /** The effects and the checkpoint are committed. */
    record Committed(Selection selection) implements Outcome {}

    /** A handler failed, or a message could not be read: an attempt. */
    record Failed(Throwable failure) implements Outcome {}

    /** Two transactions got into each other's way, and this one lost: the same again is likely to pass. */
    record Conflict(Throwable failure) implements Outcome {}

    /**
     * The database is away, or not able to take a transaction now. It may have committed this one, which the checkpoint
     * tells when it is back.
     */
    record DatabaseAway(Throwable failure) implements Outcome {}

    /** Somebody else has moved the checkpoint: nothing was handled. */
    record OwnerChanged(CheckpointMovedException how) implements Outcome {}
}
