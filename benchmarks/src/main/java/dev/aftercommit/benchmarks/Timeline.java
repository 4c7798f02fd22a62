package dev.aftercommit.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** When each event of a run was due, committed, and seen at the other end: {@link System#nanoTime} of one process. */
final class Timeline {
    private final int run;
    private final AtomicLongArray due;
    private final AtomicLongArray committed;
    private final AtomicLongArray seen;
    private final AtomicInteger missing;

    Timeline(int run, int events) {
        this.run = run;
        this.due = new AtomicLongArray(events);
        this.committed = new AtomicLongArray(events);
        this.seen = new AtomicLongArray(events);
        this.missing = new AtomicInteger(events);
    }

    int run() {
        return run;
    }

    int events() {
        return due.length();
    }

    void committed(int number, long dueAt, long committedAt) {
        due.set(number, dueAt);
        committed.set(number, committedAt);
    }

    /** Notes that an event has arrived; those of other runs are none of ours, and the first arrival counts. */
    void seen(int ofRun, int number, long at) {
        if (ofRun == run && seen.compareAndSet(number, 0, at)) {
            missing.decrementAndGet();
        }
    }

    /** Waits until every event was seen; returns how many were not. */
    int awaitAll(long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (missing.get() > 0 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return missing.get();
    }

    /** From the return of the commit; 0 where the event was there before the commit had returned to its caller. */
    Percentiles fromCommit(int first) {
        return percentiles(committed, first);
    }

    /** From when the event was due, so that a stall counts for all that it delays. Includes the emit and its commit. */
    Percentiles fromDue(int first) {
        return percentiles(due, first);
    }

    /** Commits a second among the events from this one on. */
    double rate(int first) {
        long begin = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        for (int i = first; i < events(); i++) {
            begin = Math.min(begin, due.get(i));
            end = Math.max(end, committed.get(i));
        }
        return (events() - first) / ((end - begin) / 1e9);
    }

    private Percentiles percentiles(AtomicLongArray from, int first) {
        long[] nanos = new long[events() - first];
        int count = 0;
        for (int i = first; i < events(); i++) {
            if (seen.get(i) != 0) {
                nanos[count++] = Math.max(0, seen.get(i) - from.get(i));
            }
        }
        return Percentiles.of(Arrays.copyOf(nanos, count));
    }
}
