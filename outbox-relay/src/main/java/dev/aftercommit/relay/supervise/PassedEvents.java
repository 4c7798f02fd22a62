package dev.aftercommit.relay.supervise;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events that come before something that is journaled, and are not in the journal themselves: they are to be healed. As many
 * of them as can be are kept to be healed together, since each time the capture begins anew, and brings all of them again.
 * Thread-safe.
 */
final class PassedEvents {
    private static final int MOST = 20_000;
    /** What is wrong is to be told within 10 s, and to end the capture takes some of them. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Clock clock;
    private final List<UUID> events = new ArrayList<>();
    private @Nullable Instant first;
    private boolean ended;

    PassedEvents(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean isEmpty() {
        return events.isEmpty();
    }

    /** What comes when there are as many as there may be comes again when those are healed. */
    synchronized void add(UUID event) {
        if (first == null) {
            first = clock.instant();
        }
        if (events.size() < MOST) {
            events.add(event);
        }
        ended |= events.size() == MOST;
    }

    /** None comes any more: what comes now is behind everything in the journal. */
    synchronized void end() {
        ended = true;
    }

    /** All of them, when no other comes any more or has been waited for long enough; none until then. */
    synchronized List<UUID> toHeal() {
        boolean waits = !ended && first != null && clock.instant().isBefore(first.plus(LONGEST));
        return waits ? List.of() : List.copyOf(events);
    }
}
