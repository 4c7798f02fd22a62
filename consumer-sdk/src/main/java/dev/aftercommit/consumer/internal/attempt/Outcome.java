package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;

/**
 * What became of a transaction. Whatever it is, nothing was committed in part.
 *
 * @param <T> what its work has brought
 */
public sealed interface Outcome<T> {
    /** It is committed. */
    record Committed<T>(T result) implements Outcome<T> {}

    /** A handler failed, or a message could not be read: an attempt. */
    record Failed<T>(Throwable failure) implements Outcome<T> {}

    /** Two transactions got into each other's way, and this one lost: the same again is likely to pass. */
    record Conflict<T>(Throwable failure) implements Outcome<T> {}

    /**
     * The database is away, or not able to take a transaction now. It may have committed this one, which its tables tell
     * when it is back.
     */
    record DatabaseAway<T>(Throwable failure) implements Outcome<T> {}

    /** Somebody else has moved the checkpoint: nothing was handled. */
    record OwnerChanged<T>(CheckpointMovedException how) implements Outcome<T> {}
}
