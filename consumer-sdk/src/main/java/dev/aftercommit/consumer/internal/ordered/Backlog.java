package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.Lag;
import dev.aftercommit.consumer.internal.stream.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a partition is not handled, as far as it is known.
 *
 * @param events how many
 * @param oldest the first of them, or the one before it; null when none has come
 */
record Backlog(long events, @Nullable Delivery oldest) {
    /**
     * Of a feed that was just opened.
     *
     * @param pending what the stream holds for it
     * @param before what was known before; null when nothing was
     */
    static Backlog opened(long pending, @Nullable Backlog before) {
        return new Backlog(pending, before == null || pending == 0 ? null : before.oldest);
    }

    /** With deliveries that are about to be handled. */
    static Backlog with(List<Delivery> deliveries, long pending) {
        return new Backlog(deliveries.size() + pending, deliveries.getFirst());
    }

    /** After these were handled. */
    static Backlog after(List<Delivery> deliveries, long pending) {
        return new Backlog(pending, pending == 0 ? null : deliveries.getLast());
    }

    Lag lag(Instant now) {
        if (events == 0) {
            return Lag.NONE;
        }
        Instant committed = oldest == null ? null : oldest.time();
        if (committed == null) {
            return new Lag(events, null);
        }
        Duration age = Duration.between(committed, now);
        return new Lag(events, age.isNegative() ? Duration.ZERO : age);
    }
}
