package dev.aftercommit.consumer.internal.observe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How long what one thread does has been running. Written by that thread, read by any. */
public final class RunningSince {
    private static final long NOT = 0;

    private final AtomicLong begin = new AtomicLong(NOT);

    public void begins() {
        long now = System.nanoTime();
        begin.set(now == NOT ? 1 : now);
    }

    public void ends() {
        begin.set(NOT);
    }

    /** Null when nothing runs. */
    @Nullable
    public Duration age() {
        long since = begin.get();
        return since == NOT ? null : Duration.ofNanos(System.nanoTime() - since);
    }
}
