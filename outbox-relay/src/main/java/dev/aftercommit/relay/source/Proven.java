package dev.aftercommit.relay.source;

import java.time.Instant;
import java.util.List;

/**
 * A snapshot of which every row is proven to be journaled.
 *
 * @param snapshot as PostgreSQL writes a {@code pg_snapshot}
 * @param takenAt by the database's clock
 * @param since rows that the snapshot does not see were inserted after this time of the database's clock
 * @param entry the newest entry of the journal when the snapshot was taken
 * @param partitions that the table had then; one that was attached since brings rows that the snapshot has not seen
 */
public record Proven(String snapshot, Instant takenAt, Instant since, long entry, List<Long> partitions) {
    public Proven {
        partitions = List.copyOf(partitions);
    }
}
