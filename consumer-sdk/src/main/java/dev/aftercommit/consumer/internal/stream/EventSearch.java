package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.OutboxPosition;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Finds a position in a stream, whose positions rise with its sequences: a handful of questions for any length. */
public final class PositionSearch {
    private PositionSearch() {}

    /**
     * The first event at or after this position.
     *
     * @param first the stream's first sequence
     * @param last its last
     * @param nextFrom the first message that the stream holds at this sequence or after it; null when there is none
     * @return null when the stream ends before the position
     */
    public static @Nullable StoredEvent firstAtOrAfter(
            OutboxPosition position, long first, long last, LongFunction<@Nullable StoredEvent> nextFrom) {
        StoredEvent newest = next(last, nextFrom);
        if (newest != null && isBefore(newest, position)) {
            return null; // what a consumer asks for again and again while it waits for the stream
        }
        StoredEvent found = null;
        long low = first;
        long high = last + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            StoredEvent there = next(middle, nextFrom);
            if (there == null || there.sequence() >= high) {
                high = middle;
            } else if (isBefore(there, position)) {
                low = there.sequence() + 1;
            } else {
                found = there;
                high = middle;
            }
        }
        return found;
    }

    private static boolean isBefore(StoredEvent event, OutboxPosition position) {
        return event.position() != null && event.position().compareTo(position) < 0;
    }

    /** Passes over what is not the relay's. */
    private static @Nullable StoredEvent next(long from, LongFunction<@Nullable StoredEvent> nextFrom) {
        StoredEvent next = nextFrom.apply(from);
        while (next != null && next.position() == null) {
            next = nextFrom.apply(next.sequence() + 1);
        }
        return next;
    }
}
