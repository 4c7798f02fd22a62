package dev.aftercommit.relay.source;

import java.util.List;
import java.util.UUID;

/**
 * What one look at the table found.
 *
 * @param snapshot what was looked at; proven when none of the suspects remains
 * @param lsn everything that the snapshot sees was committed before it
 * @param suspects rows without an entry in the journal, oldest first: not published yet, or lost
 * @param complete false when there are more of them
 */
public record ProofScan(Proven snapshot, long lsn, List<UUID> suspects, boolean complete) {
    public ProofScan {
        suspects = List.copyOf(suspects);
    }
}
