package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds an event in a stream, along which positions and the times of storage rise with the sequences: a handful of questions
 * for any length.
 *
 * @param first the stream's first sequence
 * @param last its last
 * @param nextFrom the first message that the stream holds at this sequence or after it; null when there is none
 */
public record EventSearch(long first, long last, LongFunction<@Nullable StoredEvent> nextFrom) {

    /** The first event of all; null when there is none. */
    public @Nullable StoredEvent oldest() {
        return next(first);
    }

    /** The first event at or after this position; null when the stream ends before it. */
    public @Nullable StoredEvent firstAtOrAfter(OutboxPosition position) {
        return firstNot(event -> event.position() != null && event.position().compareTo(position) < 0);
    }

    /** The first event that was stored at this time or later; null when none was. */
    public @Nullable StoredEvent firstSince(Instant time) {
        return firstNot(event -> event.storedAt().isBefore(time));
    }

    private @Nullable StoredEvent firstNot(Predicate<StoredEvent> isBefore) {
        StoredEvent newest = next(last);
        if (newest != null && isBefore.test(newest)) {
            return null; // what a consumer asks for again and again while it waits for the stream
        }
        StoredEvent found = null;
        long low = first;
        long high = last + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            StoredEvent there = next(middle);
            if (there == null || there.sequence() >= high) {
                high = middle;
            } else if (isBefore.test(there)) {
                low = there.sequence() + 1;
            } else {
                found = there;
                high = middle;
            }
        }
        return found;
    }

    /** Passes over what is not the relay's. */
    private @Nullable StoredEvent next(long from) {
        StoredEvent next = nextFrom.apply(from);
        while (next != null && next.position() == null) {
            next = nextFrom.apply(next.sequence() + 1);
        }
        return next;
    }
}
