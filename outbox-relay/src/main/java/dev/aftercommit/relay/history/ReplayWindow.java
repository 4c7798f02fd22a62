package dev.aftercommit.relay.history;

import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PackedEvents;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells changes that the slot delivers again from new ones. The journal's entries behind the confirmed LSN come in the
 * same order as the slot's changes, so the two are walked side by side: a change is skipped when the journal holds this
 * id at this place. What it holds at another place is known by its id: a database that was restored commits its prepared
 * transactions once more. For one thread.
 */
public final class ReplayWindow {
    private static final int ROWS = 64;
    private static final long NOTHING_MISSED = -1;

    /** What a change is. */
    public enum Verdict {
        /** In the journal already. */
        JOURNALED,
        /** Behind everything in the journal. */
        NEW,
        /** Before something that is in the journal, but not in it itself. */
        PASSED
    }

    private final Ledger ledger;
    private final long lastLsn;
    private final Deque<JournalRow> rows = new ArrayDeque<>();
    private final Set<UUID> ghosts;
    /** What the slot did not deliver where the journal has it. */
    private final Set<UUID> elsewhere = new HashSet<>();

    /** Where the WAL ended before the window was made: what is elsewhere comes before it, or is a ghost. */
    private final long endLsn;
    /** The first place of what is elsewhere; the last LSN that there can be while nothing is. */
    private volatile long missedLsn = NOTHING_MISSED;

    private int index;
    private int lastOrdinal = -1;

    private ReplayWindow(Ledger ledger, long lastLsn, Set<UUID> ghosts, long endLsn) {
        this.ledger = ledger;
        this.endLsn = endLsn;
        this.lastLsn = lastLsn;
        this.ghosts = ghosts;
    }

    private void addFirst(JournalRow row, Predicate<JournalRow> isOfThisCluster) {
        PackedEvents events = row.events();
        if (row.kind() != JournalRow.Kind.GHOST
                && !events.isEmpty()
                && events.lsn(0) != 0
                && isOfThisCluster.test(row)) {
            rows.addFirst(row);
            for (int i = 0; i < events.size(); i++) {
                if (events.lsn(i) == lastLsn) {
                    lastOrdinal = Math.max(lastOrdinal, events.ordinal(i));
                }
            }
        }
    }

    /**
     * The window behind what the slot has confirmed: what was committed before it does not come again.
     *
     * @param database as it was after the stream's end was journaled
     */
    public static ReplayWindow of(Ledger ledger, Noted noted, DatabaseState database) {
        long confirmedLsn = database.slot() == null ? 0 : database.slot().confirmedLsn();
        ReplayWindow window = new ReplayWindow(ledger, noted.mark().lastLsn(), ledger.ghosts(), database.endLsn());
        Set<Integer> epochs = epochsOfThisCluster(noted);
        long entry = noted.entry() + 1;
        while (true) {
            List<JournalRow> before = ledger.rowsBefore(entry, ROWS);
            for (JournalRow row : before) {
                // Parked and absorbed events may come late, so the row's own are not the highest of those before it.
                if (Long.compareUnsigned(row.mark().lastLsn(), confirmedLsn) < 0) {
                    return window;
                }
                window.addFirst(row, one -> epochs.contains(one.epoch()));
                entry = row.entry();
            }
            if (before.size() < ROWS) {
                return window;
            }
        }
    }

    private static Set<Integer> epochsOfThisCluster(Noted noted) {
        Epoch newest = noted.epoch();
        return noted.epochs().stream()
                .filter(epoch -> newest != null && epoch.systemIdentifier().equals(newest.systemIdentifier()))
                .map(Epoch::number)
                .collect(Collectors.toSet());
    }

    /** What the next change of the slot is. */
    public Verdict next(UUID id, long lsn, int ordinal) {
        if (walkTo(lsn, ordinal, id) || ghosts.contains(id) || elsewhere.contains(id)) {
            return Verdict.JOURNALED;
        }
        int order = Long.compareUnsigned(lsn, lastLsn);
        if (order > 0 || (order == 0 && ordinal > lastOrdinal)) {
            return Verdict.NEW;
        }
        return ledger.withoutEntry(List.of(id), 0).isEmpty() ? Verdict.JOURNALED : Verdict.PASSED;
    }

    /** Everything that was committed before this LSN has come. */
    public void passed(long lsn) {
        walkTo(lsn, 0, null);
    }

    /** Whether a change at this LSN is behind all that the journal has. */
    public boolean isBehind(long lsn) {
        return Long.compareUnsigned(lsn, lastLsn) > 0;
    }

    /**
     * Whether the slot may be confirmed up to an LSN that was passed. What is elsewhere would be new to the window of a
     * relay that begins behind the place where it was missed. Any thread may ask.
     */
    public boolean isSafe(long lsn) {
        return Long.compareUnsigned(lsn, missedLsn) <= 0 || Long.compareUnsigned(lsn, endLsn) >= 0;
    }

    private boolean walkTo(long lsn, int ordinal, @Nullable UUID id) {
        while (!rows.isEmpty()) {
            JournalRow row = rows.getFirst();
            while (index < row.events().size()) {
                int order = Long.compareUnsigned(row.events().lsn(index), lsn);
                if (order == 0) {
                    order = Integer.compareUnsigned(row.events().ordinal(index), ordinal);
                }
                if (order > 0 || (order == 0 && id == null)) {
                    return false;
                }
                boolean found = order == 0 && row.events().id(index).equals(id);
                if (!found) {
                    elsewhere.add(row.events().id(index));
                    missedLsn = missedLsn == NOTHING_MISSED ? row.events().lsn(index) : missedLsn;
                }
                index++;
                if (found) {
                    return true;
                }
            }
            rows.removeFirst();
            index = 0;
        }
        return false;
    }
}
