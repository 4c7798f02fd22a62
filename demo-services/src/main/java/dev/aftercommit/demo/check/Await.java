package dev.aftercommit.demo.check;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Waits for what the story leads to, two minutes at most. */
final class Await {
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(20);

    private Await() {}

    /** Something to wait for. */
    interface Condition {
        boolean holds() throws SQLException, IOException, InterruptedException;
    }

    /**
     * Waits until it holds.
     *
     * @param what what is waited for, for the message when it does not come
     * @throws IllegalStateException when it does not come
     */
    static void until(String what, Condition condition) throws SQLException, IOException, InterruptedException {
        if (!becomesTrue(condition)) {
            throw new IllegalStateException("waited " + PATIENCE.toSeconds() + " s for " + what);
        }
    }

    static boolean becomesTrue(Condition condition) throws SQLException, IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }
}
