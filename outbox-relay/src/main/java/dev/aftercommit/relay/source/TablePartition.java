package dev.aftercommit.relay.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A partition of {@code outbox.event}.
 *
 * @param isDefault whether it takes the events for which there is no other
 * @param from the time in its event ids from which on it takes them; null when there is none
 * @param to before this time; null when there is none
 * @param newest when its newest row was inserted; null when it is empty
 * @param bytes the disk space that it takes, indexes included
 */
public record TablePartition(
        String name,
        boolean isDefault,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Instant newest,
        long bytes) {
    /** Whether it holds nothing that is newer, and never will: what retention may drop, if nobody needs it. */
    public boolean isOlderThan(Instant time) {
        boolean isClosed = isDefault ? newest != null : to != null && !to.isAfter(time);
        return isClosed && (newest == null || newest.isBefore(time));
    }
}
