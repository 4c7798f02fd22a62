package dev.aftercommit.consumer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a consumer is behind the stream. Immutable.
 *
 * <p>The events are counted by the server when it delivers, and only those of types that have a handler: exact while the
 * consumer keeps up; under backlog without what was stored since the last delivery; while a partition waits as it was before.
 * What is parked is not behind: {@link ConsumerStatus#parked()} has it.
 *
 * @param events that the stream holds and that are not handled
 * @param age how long ago the oldest of them was committed, by the clocks of both machines, so that an event that takes long
 *     or waits for the database shows; under backlog, between two transactions, that of the last one that was handled; null
 *     when none of them has come yet
 */
public record Lag(long events, @Nullable Duration age) {
    /** Everything is handled. */
    public static final Lag NONE = new Lag(0, Duration.ZERO);

    /** Both together: the events of both, and the older age. */
    public Lag and(Lag other) {
        if (events == 0 || other.events == 0) {
            return events == 0 ? other : this;
        }
        boolean othersIsOlder = age == null || (other.age != null && other.age.compareTo(age) > 0);
        return new Lag(events + other.events, othersIsOlder ? other.age : age);
    }
}
