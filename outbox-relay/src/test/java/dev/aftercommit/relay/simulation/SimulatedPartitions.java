package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Contents;
import dev.aftercommit.relay.simulation.SimulatedDatabase.DroppedPartition;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Row;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.TablePartition;
import dev.aftercommit.relay.source.TablePartitions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@link TablePartitions} of a simulated database, with the answers that the SQL of the real ones gives. There is one for
 * each few seconds, as if all had been made ahead.
 */
record SimulatedPartitions(SimulatedDatabase database, Calls calls) implements TablePartitions {
    private static final long SLACK_MILLIS = 5_000;

    @Override
    public List<TablePartition> list() {
        return calls.call("listPartitions", () -> {
            TreeMap<Long, Long> newest = new TreeMap<>();
            database.contents.rows.forEach(row -> newest.merge(number(row), row.createdAt(), Math::max));
            List<TablePartition> partitions = new ArrayList<>();
            newest.forEach((number, time) -> partitions.add(new TablePartition(
                    name(number),
                    false,
                    SimulatedDatabase.time(begin(number)),
                    SimulatedDatabase.time(begin(number + 1)),
                    SimulatedDatabase.time(time),
                    0)));
            return partitions;
        });
    }

    private long number(Row row) {
        return row.createdAt() / database.partitionMillis;
    }

    private long begin(long number) {
        return number * database.partitionMillis;
    }

    private static String name(long number) {
        return "event_" + number;
    }

    @Override
    public Making make(Instant from, Instant to) {
        return Making.TAKEN;
    }

    @Override
    public Dropping drop(String name, Duration retention, @Nullable OutboxPosition tail, int term) {
        return calls.call("dropPartition", () -> {
            List<Row> rows = database.contents.rows.stream()
                    .filter(row -> name(number(row)).equals(name))
                    .toList();
            Dropping reason = check(rows, retention, tail, term);
            if (reason == null) {
                drop(name, rows);
            }
            return reason == null ? Dropping.DROPPED : reason;
        });
    }

    private @Nullable Dropping check(List<Row> rows, Duration retention, @Nullable OutboxPosition tail, int term) {
        if (rows.isEmpty()) {
            return Dropping.UNKNOWN;
        }
        long oldest = database.world().now() - retention.toMillis();
        long newest = rows.stream().mapToLong(Row::createdAt).max().orElseThrow();
        if (begin(number(rows.getFirst()) + 1) > oldest) {
            return Dropping.YOUNG;
        }
        Contents now = database.contents;
        JournalMark mark = mark();
        if (mark.term() != term) {
            return Dropping.FENCED;
        }
        if (mark.proven() == null || newest >= mark.proven().since().toEpochMilli() - SLACK_MILLIS) {
            return Dropping.UNPROVEN;
        }
        Set<UUID> ids = rows.stream().map(Row::id).collect(Collectors.toSet());
        if (now.parked.stream().anyMatch(parked -> ids.contains(parked.event().event()))) {
            return Dropping.PARKED;
        }
        if (isOwed(ids, tail)) {
            return Dropping.OWED;
        }
        return isLocked() ? Dropping.BUSY : null;
    }

    private JournalMark mark() {
        SimulatedJournal journal = database.contents.journal;
        return journal.isEmpty() ? JournalMark.NONE : journal.getLast().mark();
    }

    private boolean isOwed(Set<UUID> ids, @Nullable OutboxPosition tail) {
        for (JournalRow row : database.contents.journal) {
            for (int i = 0;
                    row.kind() == JournalRow.Kind.PUBLISHED && i < row.events().size();
                    i++) {
                boolean isBehind = tail == null || row.position(i).compareTo(tail) > 0;
                if (isBehind && ids.contains(row.events().id(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whoever has inserted something keeps the table for as long as the transaction runs. */
    private boolean isLocked() {
        return database.transactions.stream().anyMatch(transaction -> !transaction.rows.isEmpty());
    }

    private void drop(String name, List<Row> rows) {
        database.world().oracle().drops(rows);
        List<UUID> ids = rows.stream().map(Row::id).sorted().toList();
        database.contents.rows.removeAll(rows);
        database.contents.dropped.add(new DroppedPartition(
                name, ids.getFirst(), ids.getLast(), database.world().now()));
        database.commitLedger();
    }

    @Override
    public long pruneJournal(Duration retention) {
        return calls.call("pruneJournal", () -> {
            SimulatedJournal journal = database.contents.journal;
            Proven proven = mark().proven();
            long oldest = proven == null
                    ? 0
                    : Math.min(
                            database.world().now() - retention.toMillis(),
                            proven.since().toEpochMilli());
            long pruned = 0;
            while (journal.size() > 1 && journal.oldestWrittenAt() < oldest && !isNeeded(journal.getFirst())) {
                journal.prune();
                pruned++;
            }
            return pruned;
        });
    }

    private boolean isNeeded(JournalRow row) {
        List<UUID> ids = row.events().ids();
        return mayComeAgain(row)
                || database.contents.rows.stream().anyMatch(kept -> ids.contains(kept.id()))
                || database.contents.parked.stream()
                        .anyMatch(parked -> ids.contains(parked.event().event()));
    }

    private boolean mayComeAgain(JournalRow row) {
        Contents now = database.contents;
        String cluster = now.epochs.getLast().systemIdentifier();
        boolean isOfThisCluster = row.epoch() > 0
                && now.epochs.get(row.epoch() - 1).systemIdentifier().equals(cluster);
        return isOfThisCluster
                && (now.slot == null || Long.compareUnsigned(row.mark().lastLsn(), now.slot.persisted) >= 0);
    }
}
