package dev.aftercommit.crash;

import java.time.Duration;
import java.time.Instant;

/**
 * How long is waited for what comes in its own time.
 *
 * @param longest in all
 * @param standstill without anything having moved: then what is missing does not come any more
 */
record Patience(Duration longest, Duration standstill) {
    private static final Duration POLL = Duration.ofMillis(100);

    /** What changes as long as somebody gets on with something. */
    interface Progress {
        String now() throws Exception;
    }

    /** Whether all is well; asked only when nothing moves. */
    interface End {
        boolean isReached(String now) throws Exception;
    }

    /** How it ended. */
    record Waited(boolean complete, Duration time) {}

    Waited await(Progress progress, End end) throws Exception {
        Instant began = Instant.now();
        Instant moved = began;
        String before = "";
        while (true) {
            Thread.sleep(POLL);
            String now = progress.now();
            Instant time = Instant.now();
            if (!now.equals(before)) {
                moved = time;
                before = now;
            } else if (end.isReached(now)) {
                return new Waited(true, Duration.between(began, time));
            }
            if (time.isAfter(began.plus(longest)) || time.isAfter(moved.plus(standstill))) {
                return new Waited(false, Duration.between(began, time));
            }
        }
    }
}
