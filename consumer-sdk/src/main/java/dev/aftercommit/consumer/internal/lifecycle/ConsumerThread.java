package dev.aftercommit.consumer.internal.lifecycle;

import java.time.Duration;

/** A virtual thread that runs as long as a consumer, or a part of it, does. Thread-safe. */
public final class ConsumerThread {
    private final Thread thread;

    /** One that is not started yet. */
    public ConsumerThread(String name, Runnable work) {
        this.thread = Thread.ofVirtual().name(name).unstarted(work);
    }

    public void start() {
        thread.start();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    public void interrupt() {
        thread.interrupt();
    }

    /** Waits for its end, unless it was never started; false when it did not come in time. */
    public boolean join(Duration timeout) {
        try {
            return thread.getState() == Thread.State.NEW || thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
