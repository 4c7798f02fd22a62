package dev.aftercommit.benchmarks;

import org.jspecify.annotations.Nullable;

/** Watches the far end for the events of one timeline at a time. */
abstract class Probe implements AutoCloseable {
    private volatile @Nullable Timeline timeline;

    void watch(Timeline next) {
        timeline = next;
    }

    final void seen(int run, int number, long at) {
        Timeline current = timeline;
        if (current != null) {
            current.seen(run, number, at);
        }
    }

    /** What it measures, as in the table. */
    abstract String name();

    @Override
    public abstract void close() throws InterruptedException;
}
