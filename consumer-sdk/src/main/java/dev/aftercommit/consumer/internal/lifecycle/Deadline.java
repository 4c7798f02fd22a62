package dev.aftercommit.consumer.internal.lifecycle;

import java.time.Duration;
import java.time.Instant;

/** Until when something has to be done. */
public record Deadline(Instant at) {
    public static Deadline in(Duration duration) {
        return new Deadline(Instant.now().plus(duration));
    }

    /** At least a moment, since a join that waits for nothing never waits. */
    public Duration left() {
        Duration left = Duration.between(Instant.now(), at);
        return left.isPositive() ? left : Duration.ofMillis(1);
    }
}
