package dev.aftercommit.crash;

import dev.aftercommit.crash.check.FindingKind;
import dev.aftercommit.crash.check.Verdict;
import dev.aftercommit.crash.world.RelayProcess;
import dev.aftercommit.crash.world.World;
import dev.aftercommit.localservers.Sql;
import java.time.Duration;

/**
 * Waits, when nothing is written any more, until a relay streams, its slot has passed the last commit and the stream has
 * what the table has. Gives up when the patience is over, or when nothing has moved for a while: then what is missing does
 * not come any more.
 */
final class Recovery {
    /** An idle relay confirms what others have written, when it is little, every half minute only. */
    private static final Duration STANDSTILL = Duration.ofSeconds(45);

    private final World world;
    private final Patience patience;
    private final Operator operator;
    private final String lastCommit;

    /**
     * How it ended.
     *
     * @param complete whether all was well before the patience was over
     * @param state what the relays said last
     */
    record Outcome(boolean complete, Duration time, String state) {}

    /** From here on no events are committed. */
    Recovery(World world, Duration patience) {
        this.world = world;
        this.patience = new Patience(patience, STANDSTILL);
        this.operator = new Operator(world);
        this.lastCommit =
                Sql.query(world.database(), "SELECT pg_current_wal_lsn()").getFirst();
    }

    static boolean isStreaming(World world) throws InterruptedException {
        for (RelayProcess relay : world.relays()) {
            if (relay.state().equals("streaming")) {
                return true;
            }
        }
        return false;
    }

    Outcome await() throws Exception {
        Owed owed = new Owed(world);
        Patience.Waited waited = patience.await(
                () -> {
                    operator.lookAfterIt();
                    return progress();
                },
                now -> isStreaming(world) && world.slot().hasPassed(lastCommit) && owed.isNothing(now));
        return new Outcome(waited.complete(), waited.time(), states());
    }

    /** What changes as long as the relay gets on with something. */
    private String progress() throws InterruptedException {
        return world.stream().fingerprint() + " " + world.parked().fingerprint() + " " + states();
    }

    private String states() throws InterruptedException {
        StringBuilder states = new StringBuilder();
        for (RelayProcess relay : world.relays()) {
            states.append(relay.name()).append(' ').append(relay.state()).append(' ');
        }
        return states.toString().strip();
    }

    /** Adds to a verdict that no relay streams, if so. */
    void judge(Outcome outcome, Verdict verdict) throws InterruptedException {
        if (!outcome.complete() && !isStreaming(world)) {
            verdict.add(FindingKind.NOT_RECOVERED, outcome.state() + " after " + outcome.time());
        } else if (!outcome.complete() && verdict.isGood()) {
            verdict.add(FindingKind.NOT_RECOVERED, "the slot stands still; " + outcome.state());
        }
    }
}
