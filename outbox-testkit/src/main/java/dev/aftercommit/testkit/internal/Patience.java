package dev.aftercommit.testkit.internal;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waiting for something that can only be asked for.
 *
 * @param atMost how long
 * @param every how often it is asked for
 */
public record Patience(Duration atMost, Duration every) {

    /**
     * Returns as soon as it is so; false when the time is over, or the thread was interrupted.
     *
     * @param so what is waited for; asked at least once
     */
    public boolean until(BooleanSupplier so) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!so.getAsBoolean()) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(every.toNanos());
        }
        return true;
    }
}
