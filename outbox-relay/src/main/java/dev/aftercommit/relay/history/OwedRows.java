package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The journal behind a position of the stream, and which of its events count: those behind it that have no later entry.
 * For one thread.
 */
final class OwedRows {
    private static final int AT_A_TIME = 16;

    private final Ledger ledger;
    private final @Nullable OutboxPosition behind;
    private final long first;
    private final Map<UUID, Long> lastEntries;

    /** Takes one row, and says whether to go on. */
    interface Taker {
        boolean take(JournalRow row) throws InterruptedException;
    }

    /**
     * @param behind null for all of the journal
     */
    OwedRows(Ledger ledger, @Nullable OutboxPosition behind) {
        this.ledger = ledger;
        this.behind = behind;
        this.first = ledger.firstEntryBehind(behind);
        this.lastEntries = first == 0 ? Map.of() : ledger.repeated(first);
    }

    boolean isEmpty() {
        return first == 0;
    }

    /** About how many events they hold. */
    long count() {
        return ledger.countFrom(first);
    }

    /**
     * Hands over those that have their place in the stream, also rows that are appended meanwhile.
     *
     * @return false when the taker wanted no more
     */
    boolean each(Taker taker) throws InterruptedException {
        long entry = first;
        while (entry > 0) {
            List<JournalRow> rows = ledger.rowsFrom(entry, AT_A_TIME);
            for (JournalRow row : rows) {
                if (row.isOfStream() && !taker.take(row)) {
                    return false;
                }
            }
            entry = rows.isEmpty() ? 0 : rows.getLast().entry() + 1;
        }
        return true;
    }

    /** Whether the row is where this event of it has its place in the stream. */
    boolean counts(JournalRow row, int index) {
        boolean isBehind = behind == null || row.position(index).compareTo(behind) > 0;
        return isBehind && lastEntries.getOrDefault(row.events().id(index), row.entry()) == row.entry();
    }
}
