package dev.aftercommit.demo.page;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.demo.page.Frame.FeedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The newest events of the stream, with the time each was handled as soon as that is known. Thread-safe. */
final class EventFeed {
    private static final int SHOWN = 40;
    private static final int REMEMBERED = 5_000;
    private static final double NANOS_PER_MILLI = 1e6;

    private record Stored(long sequence, EventEnvelope envelope, Instant storedAt) {}

    private final ArrayDeque<Stored> newest = new ArrayDeque<>();
    private final Map<UUID, Double> handledAfter = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Double> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized void stored(long sequence, EventEnvelope envelope, Instant storedAt) {
        newest.addFirst(new Stored(sequence, envelope, storedAt));
        if (newest.size() > SHOWN) {
            newest.removeLast();
        }
    }

    synchronized void handled(UUID eventId, double millisAfterCommit) {
        handledAfter.put(eventId, millisAfterCommit);
    }

    /** Newest first. */
    synchronized List<FeedEvent> events() {
        List<FeedEvent> events = new ArrayList<>(newest.size());
        for (Stored stored : newest) {
            EventEnvelope envelope = stored.envelope();
            events.add(new FeedEvent(
                    stored.sequence(),
                    envelope.eventType(),
                    envelope.aggregateType() + " " + envelope.aggregateId(),
                    envelope.partition(),
                    envelope.position().toString(),
                    millis(envelope.time(), stored.storedAt()),
                    handledAfter.get(envelope.eventId())));
        }
        return events;
    }

    static double millis(Instant from, Instant to) {
        // Two clocks may be microseconds apart, and nothing is handled before it was committed.
        return Math.max(0, Duration.between(from, to).toNanos() / NANOS_PER_MILLI);
    }
}
