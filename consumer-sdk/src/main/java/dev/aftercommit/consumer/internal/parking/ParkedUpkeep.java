package dev.aftercommit.consumer.internal.parking;

import static dev.aftercommit.consumer.internal.parking.DatabaseTroubleException.resultOf;

import dev.aftercommit.consumer.ParkedCounts;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all that is parked now and then: how much it is, and whether a queue is left whose first event is gone. Used by one
 * thread, {@link #counts()} by any.
 */
final class ParkedUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedUpkeep.class);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(2);
    private static final Duration TIDY_EVERY = Duration.ofSeconds(10);
    /** Each look takes no more than one part of so many of the time, however much is parked. */
    private static final int SHARE = 50;

    private final ParkedTable table;
    private final Transactions transactions;
    private volatile ParkedCounts counts = ParkedCounts.NONE;
    private long countAt = System.nanoTime();
    private long tidyAt = countAt;

    ParkedUpkeep(ParkedTable table, Transactions transactions) {
        this.table = table;
        this.transactions = transactions;
    }

    /** As it was a few seconds ago. */
    ParkedCounts counts() {
        return counts;
    }

    void countIfDue() throws DatabaseTroubleException {
        long begin = System.nanoTime();
        if (begin - countAt >= 0) {
            counts = resultOf(transactions.run(table::counts));
            countAt = after(begin, COUNT_EVERY);
        }
    }

    void tidyIfDue() throws DatabaseTroubleException {
        long begin = System.nanoTime();
        if (begin - tidyAt >= 0) {
            tidy();
            tidyAt = after(begin, TIDY_EVERY);
        }
    }

    private void tidy() throws DatabaseTroubleException {
        int promoted = resultOf(transactions.run(table::promoteWhatIsLeft));
        if (promoted > 0) {
            LOG.info(
                    "Consumer {}: {} queues of parked events go on, the first events of which are gone",
                    table.identity(),
                    promoted);
        }
    }

    /** When what began then and is done now is to be done again. */
    private static long after(long begin, Duration every) {
        long end = System.nanoTime();
        return end + Math.max(every.toNanos(), (end - begin) * SHARE);
    }
}
