package dev.aftercommit.relay.source;

import org.jspecify.annotations.Nullable;

/**
 * A replication slot as the server shows it.
 *
 * @param database null for a physical slot
 * @param activePid of the walsender that uses it; null when nobody does
 * @param confirmedLsn up to where it was confirmed; 0 when that is not known
 * @param invalidation why it cannot be used any more; null when it can
 * @param atWork whether its walsender is busy, rather than waiting for WAL or for the other end of its connection
 */
public record SlotState(
        String plugin,
        @Nullable String database,
        @Nullable Integer activePid,
        long confirmedLsn,
        Wal wal,
        @Nullable String invalidation,
        boolean atWork) {
    /**
     * The WAL that the slot holds back.
     *
     * @param lagBytes between what is confirmed and the end
     * @param retainedBytes kept for the slot
     * @param status such as {@code reserved} or {@code lost}
     */
    public record Wal(
            long lagBytes, long retainedBytes, @Nullable String status) {}

    public boolean active() {
        return activePid != null;
    }

    /** Why nothing can be read from the slot any more; null when it is usable. */
    public @Nullable String loss() {
        if (invalidation != null) {
            return "PostgreSQL has invalidated it (" + invalidation + ")";
        }
        return "lost".equals(wal.status()) ? "PostgreSQL has removed WAL that it needed" : null;
    }
}
