package dev.aftercommit.consumer.spi;

import dev.aftercommit.contract.EventEnvelope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to handle an event that failed. Immutable.
 *
 * @param attempt which one, from 1
 * @param failure what the handler threw; its message may quote data
 * @param retryAfter when the next attempt is due; null when there is none, since the event is dead
 */
public record FailedAttempt(
        EventEnvelope event,
        int attempt,
        Throwable failure,
        @Nullable Duration retryAfter) {
    /** Whether the event is not tried again until somebody redrives it. */
    public boolean isDead() {
        return retryAfter == null;
    }
}
