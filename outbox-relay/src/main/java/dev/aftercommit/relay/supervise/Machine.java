package dev.aftercommit.relay.supervise;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a leader runs on: a clock, threads, and memory. */
interface Machine {
    Clock clock();

    /** How many events may be on their way into the journal. */
    int room();

    /** Lets the caller wait. */
    void pause(Duration duration) throws InterruptedException;

    /** Does something again and again beside the caller, until it fails or is closed. */
    Worker start(String name, Duration pause, Turn turn);

    /** One time of it. */
    interface Turn {
        void run() throws InterruptedException;
    }

    /** Who does it. */
    interface Worker extends AutoCloseable {
        /** What has ended it; null while it goes on. */
        @Nullable
        RuntimeException failure();

        /** Waits for the turn that runs now. */
        @Override
        void close();
    }
}
