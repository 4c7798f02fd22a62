package dev.aftercommit.relay.source;

import org.jspecify.annotations.Nullable;

/**
 * What every row of the journal says of the progress, so that the newest one is all there is to know.
 *
 * @param term counts the leaders
 * @param lastLsn the highest commit LSN that was journaled so far
 * @param confirmLsn up to where the slot may be confirmed once the row is committed
 * @param end the end of the stream as far as it is known
 * @param proven null where nothing was proven yet
 */
public record JournalMark(
        int term,
        long lastLsn,
        long confirmLsn,
        StreamEnd end,
        @Nullable Proven proven) {
    public static final JournalMark NONE = new JournalMark(0, 0, 0, StreamEnd.NONE, null);

    public JournalMark withTerm(int next) {
        return new JournalMark(next, lastLsn, confirmLsn, end, proven);
    }

    public JournalMark withEnd(StreamEnd next) {
        return new JournalMark(term, lastLsn, confirmLsn, next, proven);
    }

    public JournalMark withProven(@Nullable Proven next) {
        return new JournalMark(term, lastLsn, confirmLsn, end, next);
    }

    public JournalMark withLastLsn(long next) {
        return new JournalMark(term, next, confirmLsn, end, proven);
    }

    public JournalMark withConfirmLsn(long next) {
        return new JournalMark(term, lastLsn, next, end, proven);
    }
}
