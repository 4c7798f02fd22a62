package dev.aftercommit.producer;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * UUIDv7 ids, each greater than the one before it. Safe for use by many threads; one generator serves the process.
 *
 * <p>The library's generator counts up within a millisecond, but takes any other time as it is, an earlier one too: after
 * a step back of the clock, and between threads, as it reads the clock before it takes its lock. Hence a lock and a
 * time of our own, which stands still while the clock is behind.
 */
final class EventIds {
    private static final EventIds OF_THIS_PROCESS = new EventIds(System::currentTimeMillis);

    private final TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();
    private final ReentrantLock lock = new ReentrantLock();
    private final LongSupplier clock;
    private long latest;

    EventIds(LongSupplier clockMillis) {
        this.clock = clockMillis;
    }

    static UUID next() {
        return OF_THIS_PROCESS.generate();
    }

    UUID generate() {
        lock.lock();
        try {
            latest = Math.max(latest, clock.getAsLong());
            return generator.construct(latest);
        } finally {
            lock.unlock();
        }
    }
}
