package dev.aftercommit.consumer;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@linkplain OutboxConsumerBuilder#parallel parallel} consumer does, in this instance of the service where nothing
 * else is said. Immutable.
 *
 * @param most how many handlers run at a time at the most
 * @param running how many events are in hand now
 * @param sequence the stream sequence of the checkpoint as this instance last saw it: everything up to it is handled, by any
 *     instance; it follows within seconds. Null when this instance has not yet read one
 * @param position the position of the checkpoint; null when {@code sequence} is, and before the first event
 * @param handledEvents events whose effects this instance committed
 * @param parkedEvents events that this instance held back, since their handler failed
 * @param skippedEvents events that came to this instance again after they were handled
 * @param goneMessages messages that were gone from the stream before they were handled and that this instance passed over,
 *     as it was built to do, and malformed ones whose absence somebody has accepted
 * @param failedAttempts first attempts of handlers that failed in this instance
 * @param lag how far all instances together are behind: what JetStream has not been told to be done, of every event type; the
 *     age is that of the oldest event that this instance has in hand. Null while this instance does not read
 * @param transactionAge how long the oldest event in hand has been, the wait for its connection included; null when none is
 * @param waiting what it waits for; null when nothing holds it up
 */
public record ParallelStatus(
        int most,
        int running,
        @Nullable Long sequence,
        @Nullable OutboxPosition position,
        long handledEvents,
        long parkedEvents,
        long skippedEvents,
        long goneMessages,
        long failedAttempts,
        @Nullable Lag lag,
        @Nullable Duration transactionAge,
        @Nullable Waiting waiting) {

    /** Before the stream is known. */
    static ParallelStatus notYet(int most) {
        return new ParallelStatus(most, 0, null, null, 0, 0, 0, 0, 0, null, null, null);
    }
}
