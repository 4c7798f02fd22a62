package dev.aftercommit.crash.world;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Waits for conditions. */
public final class Waiting {
    private static final Duration POLL = Duration.ofMillis(20);

    private Waiting() {}

    /** Waits until the condition holds, and tells whether it came to that in time. An exception counts as "not yet". */
    public static boolean until(Duration atMost, Callable<Boolean> condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(atMost);
        while (true) {
            if (holds(condition)) {
                return true;
            }
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(POLL);
        }
    }

    private static boolean holds(Callable<Boolean> condition) throws InterruptedException {
        try {
            return condition.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception notYet) {
            return false;
        }
    }
}
