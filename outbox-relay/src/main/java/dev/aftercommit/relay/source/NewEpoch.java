package dev.aftercommit.relay.source;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An epoch that is to begin.
 *
 * @param firstLsn of the first commit that belongs to it
 * @param heal the rows that get positions in it, before everything that the slot delivers
 * @param incident what to note of it; null when nothing went wrong
 */
public record NewEpoch(
        Epoch.Reason reason,
        String systemIdentifier,
        long firstLsn,
        Heal heal,
        @Nullable Incident incident) {
    /** Which rows. */
    public sealed interface Heal {
        /** None. */
        record Nothing() implements Heal {}

        /** All that can be seen and have no entry in the journal. */
        record Unjournaled() implements Heal {}

        /**
         * What is held back of the aggregates for which somebody has requested something, in the order in which it came,
         * if all of a queue can be seen; what is to be discarded is journaled as such.
         */
        record Requested() implements Heal {}

        /** These, in this order. */
        record These(List<UUID> ids) implements Heal {
            public These {
                ids = List.copyOf(ids);
            }
        }
    }
}
