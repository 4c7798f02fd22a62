package dev.aftercommit.relay.source;

import dev.aftercommit.contract.OutboxPosition;
import java.util.Locale;

/**
 * A row of the journal: events of one epoch and kind in publish order, or none, and the progress.
 *
 * @param entry its number, without gaps
 */
public record JournalRow(long entry, Kind kind, int epoch, PackedEvents events, JournalMark mark) {
    /** What became of the events; of several entries of an event the last one counts. */
    public enum Kind {
        /** In the stream, or owed to it. */
        PUBLISHED,
        /**
         * In the stream, and not in the table when it was looked at: lost by the database, or not to be seen there yet.
         */
        GHOST,
        /** Held back. */
        PARKED,
        /** Never to be published. */
        DISCARDED;

        /** As the column has it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether its events have their place in the stream. */
    public boolean isOfStream() {
        return kind == Kind.PUBLISHED || kind == Kind.GHOST;
    }

    public OutboxPosition position(int index) {
        return new OutboxPosition(epoch, events.lsn(index), events.ordinal(index));
    }
}
