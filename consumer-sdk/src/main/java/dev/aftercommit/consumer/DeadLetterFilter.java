package dev.aftercommit.consumer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which dead events are meant: those that are everything that is not null. Immutable.
 *
 * @param aggregateType null for any
 * @param aggregateId null for any
 * @param eventType null for any
 * @param eventId null for any
 */
public record DeadLetterFilter(
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable String eventType,
        @Nullable UUID eventId) {
    /** All of the consumer. */
    public static final DeadLetterFilter ALL = new DeadLetterFilter(null, null, null, null);

    /** The one of an aggregate. */
    public static DeadLetterFilter ofAggregate(String type, String id) {
        return new DeadLetterFilter(type, id, null, null);
    }

    /** Those of an event type. */
    public static DeadLetterFilter ofType(String eventType) {
        return new DeadLetterFilter(null, null, eventType, null);
    }

    /** This one. */
    public static DeadLetterFilter ofEvent(UUID eventId) {
        return new DeadLetterFilter(null, null, null, eventId);
    }
}
