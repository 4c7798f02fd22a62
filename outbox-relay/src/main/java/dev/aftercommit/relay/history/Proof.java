package dev.aftercommit.relay.history;

import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.ProofScan;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Proves that everything in the table is in the journal: takes a snapshot, waits until the slot has passed all that it
 * sees, and looks for rows without an entry. Whatever goes wrong in ways that nobody thought of ends here.
 */
public final class Proof {
    private static final int MOST_SUSPECTS = 20_000;

    private final Ledger ledger;
    private final JournalWriter writer;
    private @Nullable ProofScan waiting;

    public Proof(Ledger ledger, JournalWriter writer) {
        this.ledger = ledger;
        this.writer = writer;
    }

    /**
     * Goes one step on.
     *
     * @return events that the slot has passed and nobody has journaled, in the order of their inserts
     */
    public List<UUID> step() {
        ProofScan scan = waiting;
        if (scan == null) {
            scan = ledger.scan(writer.proven(), MOST_SUSPECTS);
            if (!scan.suspects().isEmpty()) {
                waiting = scan;
                return List.of();
            }
        } else {
            if (Long.compareUnsigned(writer.passed(), scan.lsn()) < 0) {
                return List.of();
            }
            waiting = null;
            List<UUID> recent = ledger.withoutEntry(
                    scan.suspects(), Math.max(0, scan.snapshot().entry() - 1));
            List<UUID> unjournaled = ledger.withoutEntry(recent, 0);
            if (!unjournaled.isEmpty() || !scan.complete()) {
                return unjournaled;
            }
        }
        writer.prove(scan.snapshot());
        return List.of();
    }

    /** Whether it waits for the slot to pass something, so that a heartbeat would help. */
    public boolean isWaiting() {
        return waiting != null;
    }
}
