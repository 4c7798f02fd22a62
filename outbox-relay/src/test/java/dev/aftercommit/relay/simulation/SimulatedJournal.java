package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.source.JournalRow;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The rows of outbox.journal, oldest first; the first ones may have been pruned. */
final class SimulatedJournal extends AbstractList<JournalRow> {
    private final List<JournalRow> rows;
    private final List<Long> writtenAt;
    private final Set<UUID> prunedEvents;
    private long pruned;

    SimulatedJournal() {
        this.rows = new ArrayList<>();
        this.writtenAt = new ArrayList<>();
        this.prunedEvents = new HashSet<>();
    }

    private SimulatedJournal(SimulatedJournal other) {
        this.rows = new ArrayList<>(other.rows);
        this.writtenAt = new ArrayList<>(other.writtenAt);
        this.prunedEvents = new HashSet<>(other.prunedEvents);
        this.pruned = other.pruned;
    }

    SimulatedJournal copy() {
        return new SimulatedJournal(this);
    }

    @Override
    public JournalRow get(int index) {
        return rows.get(index);
    }

    @Override
    public int size() {
        return rows.size();
    }

    /** The newest entry; 0 before the first. */
    long newest() {
        return pruned + rows.size();
    }

    void append(JournalRow row, long now) {
        rows.add(row);
        writtenAt.add(now);
    }

    /** Those from this entry on, oldest first. */
    List<JournalRow> from(long entry) {
        return rows.subList(index(entry), rows.size());
    }

    /** Those before this entry, oldest first. */
    List<JournalRow> before(long entry) {
        return rows.subList(0, index(entry));
    }

    private int index(long entry) {
        return Math.clamp(entry - pruned - 1, 0, rows.size());
    }

    long oldestWrittenAt() {
        return writtenAt.getFirst();
    }

    /** What the journal knew once. */
    Set<UUID> prunedEvents() {
        return prunedEvents;
    }

    void prune() {
        prunedEvents.addAll(rows.removeFirst().events().ids());
        writtenAt.removeFirst();
        pruned++;
    }
}
