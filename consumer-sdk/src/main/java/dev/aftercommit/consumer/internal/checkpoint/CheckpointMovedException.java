package dev.aftercommit.consumer.internal.checkpoint;

/** Somebody else has moved the checkpoint of a partition, so this instance does not own it any more. */
public final class CheckpointMovedException extends Exception {
    public CheckpointMovedException(int partition) {
        super("The checkpoint of partition " + partition + " was moved by another owner.");
    }
}
