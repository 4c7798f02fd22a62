package dev.aftercommit.consumer;

/** Somebody else has moved the checkpoint of a partition, so this instance does not own it any more. */
final class CheckpointMovedException extends Exception {
    CheckpointMovedException(int partition) {
        super("The checkpoint of partition " + partition + " was moved by another owner.");
    }
}
