package dev.aftercommit.relay.source;

import java.util.ArrayList;
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

        /**
         * Events that have their places in the journal already and get later ones, in this order. They need not be seen in
         * the table: a row may wait for a synchronous standby.
         *
         * @param events whose LSNs and ordinals mean nothing
         */
        record Again(PackedEvents events) implements Heal {
            private static final int ROW = 2_000;

            /** Their rows of the journal. */
            public List<JournalRow> rows(long firstEntry, int epoch, JournalMark mark) {
                List<JournalRow> rows = new ArrayList<>();
                for (int from = 0; from < events.size(); from += ROW) {
                    int to = Math.min(events.size(), from + ROW);
                    PackedEvents.Builder packed = new PackedEvents.Builder(to - from);
                    for (int i = from; i < to; i++) {
                        packed.add(events.id(i), 0, i, events.time(i));
                    }
                    rows.add(new JournalRow(
                            firstEntry + rows.size(),
                            JournalRow.Kind.PUBLISHED,
                            epoch,
                            packed.build(),
                            mark.withProven(null)));
                }
                return rows;
            }
        }

        /** These, in this order, if they can be seen. */
        record These(List<UUID> ids) implements Heal {
            public These {
                ids = List.copyOf(ids);
            }
        }
    }
}
