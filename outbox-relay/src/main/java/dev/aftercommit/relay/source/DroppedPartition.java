package dev.aftercommit.relay.source;

import java.time.Instant;

/**
 * A partition that retention has dropped.
 *
 * @param from the time in the ids of its events from which on it took them, or in the first of them
 * @param to before this time, or that in the last of them
 */
public record DroppedPartition(String name, Instant from, Instant to, Instant droppedAt) {
    @Override
    public String toString() {
        return "partition " + name + " with the events of " + from + " to " + to + " (dropped at " + droppedAt + ")";
    }
}
