package dev.aftercommit.consumer.internal.lifecycle;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells a thread to stop, also while it pauses. Thread-safe. */
public final class StopSignal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stopped;
    private long wakes;

    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a pause before its time. */
    public void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void check() throws StoppedException {
        lock.lock();
        try {
            if (stopped) {
                throw new StoppedException();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits that long, or until it is woken; for the whole time if {@code wakes} do not matter. */
    public void pause(Duration duration, boolean wakeable) throws StoppedException {
        lock.lock();
        try {
            long before = wakes;
            long nanos = duration.toNanos();
            while (!stopped && nanos > 0 && !(wakeable && wakes != before)) {
                nanos = changed.awaitNanos(nanos);
            }
            if (stopped) {
                throw new StoppedException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        } finally {
            lock.unlock();
        }
    }
}
