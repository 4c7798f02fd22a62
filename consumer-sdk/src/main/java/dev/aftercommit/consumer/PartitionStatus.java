package dev.aftercommit.consumer;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer does with one partition of the stream, in this instance of the service. Immutable.
 *
 * @param partition from 0
 * @param owned whether this instance handles it; otherwise another one does, or will in a moment
 * @param sequence the stream sequence of the checkpoint as this instance last saw it: everything of the partition up to
 *     it is handled; null when this instance has not yet read one
 * @param position the position of the checkpoint; null when {@code sequence} is, and before the first event. While the
 *     partition has no events, sequence and position follow those of other partitions every few seconds
 * @param handledEvents events whose effects this instance committed
 * @param parkedEvents events that this instance held back: their handler failed, or they are behind one of which it did
 * @param skippedEvents events that this instance passed over because the checkpoint's position says that they were
 *     handled before: stored twice, or replayed by a recreated stream
 * @param goneMessages messages that were gone from the stream before they were handled and that this instance passed over,
 *     as it was built to do or since somebody had deleted a malformed one; of all partitions, since nobody knows whose they were
 * @param transactions transactions that this instance committed; fewer than events when there was a backlog
 * @param failedAttempts first attempts of handlers that failed in this instance
 * @param lag how far it is behind; null while this instance does not own it or has not read it
 * @param transactionAge how long the transaction that runs now has been running, the wait for its connection included; null
 *     when none runs
 * @param waiting what the partition waits for; null when nothing holds it up
 */
public record PartitionStatus(
        int partition,
        boolean owned,
        @Nullable Long sequence,
        @Nullable OutboxPosition position,
        long handledEvents,
        long parkedEvents,
        long skippedEvents,
        long goneMessages,
        long transactions,
        long failedAttempts,
        @Nullable Lag lag,
        @Nullable Duration transactionAge,
        @Nullable Waiting waiting) {}
