package dev.aftercommit.relay.source;

import dev.aftercommit.contract.OutboxPosition;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows of its own publication.
 *
 * @param history the identity of the outbox
 * @param stream the stream as it was last seen; null before the first
 * @param publication the version of the publication as it was last seen; null before the first
 * @param epochs all, oldest first
 * @param last the newest row of the journal, without its events; null before the first
 */
public record Noted(
        UUID history,
        @Nullable StreamNote stream,
        @Nullable String publication,
        List<Epoch> epochs,
        @Nullable JournalRow last) {
    public Noted {
        epochs = List.copyOf(epochs);
    }

    public JournalMark mark() {
        return last == null ? JournalMark.NONE : last.mark();
    }

    public long entry() {
        return last == null ? 0 : last.entry();
    }

    /** The newest epoch; null before the first. */
    public @Nullable Epoch epoch() {
        return epochs.isEmpty() ? null : epochs.getLast();
    }

    /** Whether nothing but what was published since has changed when this is noted later. */
    public boolean isContinuedBy(Noted later) {
        return history.equals(later.history)
                && Objects.equals(stream, later.stream)
                && Objects.equals(publication, later.publication)
                && epochs.equals(later.epochs)
                && mark().end().sequence() <= later.mark().end().sequence();
    }

    public boolean knowsBranch(UUID branch) {
        return epochs.stream().anyMatch(epoch -> epoch.branch().equals(branch));
    }

    /**
     * The position of a change that the slot delivers.
     *
     * @param systemIdentifier of the cluster that the slot is of
     * @throws IllegalStateException when no epoch covers the LSN
     */
    public OutboxPosition position(String systemIdentifier, long lsn, int ordinal) {
        for (Epoch epoch : epochs.reversed()) {
            if (epoch.systemIdentifier().equals(systemIdentifier) && Long.compareUnsigned(epoch.firstLsn(), lsn) <= 0) {
                return new OutboxPosition(epoch.number(), lsn, ordinal);
            }
        }
        throw new IllegalStateException("No epoch covers LSN " + Long.toHexString(lsn) + " of cluster "
                + systemIdentifier + "; rows of outbox.epoch were deleted.");
    }
}
