package dev.aftercommit.consumer;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that is not tried any more until somebody redrives or discards it. Immutable.
 *
 * @param attempts how often its handler has failed
 * @param error the last error: its class and where it was, without its message, which may quote data
 * @param parkedAt when its first attempt failed
 * @param waiting how many later events of its aggregate wait behind it
 */
public record DeadLetter(
        UUID eventId,
        String aggregateType,
        String aggregateId,
        String eventType,
        OutboxPosition position,
        int attempts,
        @Nullable String error,
        Instant parkedAt,
        long waiting) {}
