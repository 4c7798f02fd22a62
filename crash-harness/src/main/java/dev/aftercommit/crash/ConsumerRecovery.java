package dev.aftercommit.crash;

import dev.aftercommit.crash.check.FindingKind;
import dev.aftercommit.crash.check.Verdict;
import dev.aftercommit.crash.world.Consumers;
import dev.aftercommit.localservers.Sql;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Waits, when the stream has all that it gets, until consumers have handled it: each event took effect, or is dead or behind a
 * dead one, or was given up, and no queue begins with another than a dead one.
 */
final class ConsumerRecovery {
    /** Longer than a transaction of a frozen instance holds what it has locked, and than an instance takes to start. */
    private static final Duration STANDSTILL = Duration.ofSeconds(45);

    private static final String PROGRESS = """
            SELECT (SELECT count(*) FROM effect) || ' effects, ' || (SELECT count(*) FROM inbox.parked_event) || ' parked, '
                   || (SELECT count(*) FROM inbox.parked_event WHERE state = 'retrying') || ' retrying, '
                   || (SELECT sum(attempts) FROM inbox.parked_event) || ' attempts'
            """;
    /** Queues that somebody is at, or that nobody is at yet because the event before them has just left. */
    private static final String MOVING = """
            SELECT 1 FROM inbox.parked_event AS first
             WHERE state <> 'dead'
               AND NOT EXISTS (SELECT FROM inbox.parked_event AS earlier
                                WHERE earlier.aggregate_type = first.aggregate_type
                                  AND earlier.aggregate_id = first.aggregate_id AND earlier.id < first.id)
             LIMIT 1
            """;

    private static final String DONE = "SELECT event_id FROM effect UNION SELECT event_id FROM inbox.parked_event";

    private final Consumers consumers;
    private final Set<UUID> owed;
    private final Patience patience;

    /**
     * From here on the stream gets no more.
     *
     * @param owed the events that have a handler
     */
    ConsumerRecovery(Consumers consumers, Set<UUID> owed, Duration patience) {
        this.consumers = consumers;
        this.owed = Set.copyOf(owed);
        this.patience = new Patience(patience, STANDSTILL);
    }

    /** Until everything is handled or held back for good. */
    Patience.Waited await() throws Exception {
        return patience.await(this::progress, now -> isAtRest());
    }

    /** Until nothing is held back any more, though somebody has to ask for it again and again. */
    Patience.Waited awaitAll() throws Exception {
        return patience.await(
                () -> {
                    consumers.deadEvents().redriveAll();
                    return progress();
                },
                now -> isAtRest() && !consumers.deadEvents().isAnythingHeld());
    }

    private String progress() {
        return String.join("", query(PROGRESS));
    }

    private boolean isAtRest() {
        if (!query(MOVING).isEmpty()) {
            return false;
        }
        Set<UUID> missing = new HashSet<>(owed);
        query(DONE).forEach(event -> missing.remove(UUID.fromString(event)));
        missing.removeAll(consumers.deadEvents().asked());
        return missing.isEmpty();
    }

    private List<String> query(String sql) {
        DataSource database = consumers.database();
        return Sql.query(database, sql);
    }

    /** Adds to a verdict that they do not come to the end, if so. */
    void judge(Patience.Waited waited, Verdict verdict) {
        if (!waited.complete()) {
            verdict.add(FindingKind.NOT_RECOVERED, "consumers stand at " + progress() + " after " + waited.time());
        }
    }
}
