package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;

/**
 * What a transaction has brought.
 *
 * @param to where the checkpoint is now
 * @param handled events that took effect
 * @param parked events that are held back now
 * @param skipped deliveries whose position says that they were handled before
 */
record Handled(Checkpoint to, int handled, int parked, int skipped) {}
