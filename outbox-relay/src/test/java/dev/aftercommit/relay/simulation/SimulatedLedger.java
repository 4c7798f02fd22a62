package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Contents;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Parked;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Request;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Row;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Trouble;
import dev.aftercommit.relay.source.DroppedPartition;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.PackedEvents;
import dev.aftercommit.relay.source.ParkedCount;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.ParkedHead;
import dev.aftercommit.relay.source.ProofScan;
import dev.aftercommit.relay.source.Proven;
import dev.aftercommit.relay.source.StreamNote;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link Ledger} in a simulated database, with the answers that the SQL of the real one gives. */
final class SimulatedLedger implements Ledger {
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final SimulatedDatabase database;
    private final Calls calls;

    SimulatedLedger(SimulatedDatabase database, Calls calls) {
        this.database = database;
        this.calls = calls;
    }

    private Contents tables() {
        return database.contents;
    }

    private <T> T call(String what, Supplier<T> work) {
        return calls.call(what, work);
    }

    private void run(String what, Runnable work) {
        calls.call(what, () -> {
            work.run();
            database.commitLedger();
            return true;
        });
    }

    @Override
    public Noted noted() {
        return call("noted", this::readNoted);
    }

    Noted readNoted() {
        JournalRow last = tables().journal.isEmpty() ? null : tables().journal.getLast();
        return new Noted(
                tables().history,
                tables().stream,
                tables().publicationNote,
                tables().epochs,
                last == null
                        ? null
                        : new JournalRow(last.entry(), last.kind(), last.epoch(), PackedEvents.NONE, last.mark()));
    }

    @Override
    public void append(List<JournalRow> rows, List<ParkedEvent> parked) {
        run("append", () -> {
            insert(rows);
            parked.forEach(this::park);
        });
    }

    private void park(ParkedEvent event) {
        if (tables().parked.stream().anyMatch(parked -> parked.event().event().equals(event.event()))) {
            throw new Violation("Event " + event.event() + " is parked twice");
        }
        tables().parked.add(new Parked(event, null));
    }

    @Override
    public void absorb(List<JournalRow> rows) {
        run("absorb", () -> {
            insert(rows);
            rows.forEach(row -> removeFound(row.events().ids()));
        });
    }

    private void release(List<UUID> ids) {
        tables().parked.removeIf(parked -> ids.contains(parked.event().event()));
    }

    /** What waited for these waits for nothing. */
    private void removeFound(List<UUID> found) {
        Set<ParkedEvent.Aggregate> queues = new HashSet<>();
        tables().parked.stream()
                .filter(parked -> found.contains(parked.event().event()))
                .forEach(parked -> queues.add(parked.event().aggregate()));
        release(found);
        tables().parked.stream()
                .filter(parked -> parked.event().reason() != ParkedEvent.Reason.BEHIND)
                .forEach(parked -> queues.remove(parked.event().aggregate()));
        tables().parked
                .replaceAll(parked -> parked.request() == null
                                && queues.contains(parked.event().aggregate())
                        ? new Parked(parked.event(), Request.RETRY)
                        : parked);
    }

    @Override
    public Map<ParkedEvent.Aggregate, ParkedHead> held() {
        return call("held", () -> {
            Map<ParkedEvent.Aggregate, ParkedHead> held = new HashMap<>();
            queues().forEach(parked -> held.putIfAbsent(
                    parked.event().aggregate(),
                    new ParkedHead(parked.event().event(), parked.event().position())));
            return held;
        });
    }

    private List<Parked> queues() {
        return tables().parked.stream()
                .sorted(Comparator.comparing(parked -> parked.event().position()))
                .toList();
    }

    @Override
    public ParkedCount parked() {
        return call(
                "parked",
                () -> new ParkedCount(
                        tables().parked.size(),
                        tables().parked.stream()
                                .anyMatch(parked -> parked.request() == Request.DISCARD
                                        || (parked.request() == Request.RETRY
                                                && isSeen(parked.event().aggregate(), tables().rows)))));
    }

    private void insert(List<JournalRow> rows) {
        if (rows.getFirst().entry() <= tables().journal.newest()) {
            throw new AftercommitException(ErrorCode.FENCED, "Another relay has written to the journal.");
        }
        for (JournalRow row : rows) {
            database.world().oracle().journaled(row, tables().journal, calls.process());
            tables().journal.append(row, database.world().now());
        }
    }

    @Override
    public Noted begin(NewEpoch epoch, JournalMark mark) {
        return call("begin", () -> {
            begin(epoch, mark, tables().rows, tables().journal.newest());
            database.commitLedger();
            return readNoted();
        });
    }

    /**
     * Begins an epoch.
     *
     * @param visible the rows that the transaction sees
     * @param entries the journal that it sees
     */
    void begin(NewEpoch epoch, JournalMark mark, List<Row> visible, long entries) {
        if (entries != tables().journal.newest()) {
            throw new AftercommitException(ErrorCode.FENCED, "Another relay has written to the journal.");
        }
        requireTerm(mark.term());
        int number = tables().epochs.size() + 1;
        UUID branch = database.world().branch();
        if (epoch.heal() instanceof NewEpoch.Heal.Requested) {
            spreadRequests();
        }
        List<Row> healed = healed(epoch.heal(), visible);
        database.world().oracle().begins(number, epoch, healed);
        List<JournalRow> rows = new ArrayList<>();
        if (epoch.heal() instanceof NewEpoch.Heal.Requested) {
            addHealed(rows, JournalRow.Kind.DISCARDED, discarded(), entries, number, mark);
        }
        addHealed(rows, JournalRow.Kind.PUBLISHED, healed, entries, number, mark);
        if (epoch.heal() instanceof NewEpoch.Heal.Again again) {
            rows.addAll(again.rows(entries + 1, number, mark));
        }
        if (epoch.heal() instanceof NewEpoch.Heal.Requested) {
            rows.forEach(row -> release(row.events().ids()));
        }
        rows.add(new JournalRow(entries + rows.size() + 1, JournalRow.Kind.PUBLISHED, number, PackedEvents.NONE, mark));
        insert(rows);
        tables().epochs.add(new Epoch(number, branch, epoch.systemIdentifier(), epoch.firstLsn()));
        if (epoch.incident() != null) {
            tables().incidents.add(epoch.incident());
        }
    }

    private static void addHealed(
            List<JournalRow> rows, JournalRow.Kind kind, List<Row> healed, long entries, int epoch, JournalMark mark) {
        if (!healed.isEmpty()) {
            rows.add(new JournalRow(entries + rows.size() + 1, kind, epoch, packed(healed), mark.withProven(null)));
        }
    }

    private void spreadRequests() {
        Set<ParkedEvent.Aggregate> meant = new HashSet<>();
        tables().parked.stream()
                .filter(parked -> parked.request() != null)
                .forEach(parked -> meant.add(parked.event().aggregate()));
        tables().parked
                .replaceAll(parked -> parked.request() == null
                                && meant.contains(parked.event().aggregate())
                        ? new Parked(parked.event(), Request.RETRY)
                        : parked);
    }

    /** Whether the whole queue is in the table, but for what is to be discarded. */
    private boolean isSeen(ParkedEvent.Aggregate aggregate, List<Row> visible) {
        List<UUID> queue = queues().stream()
                .filter(parked -> parked.event().aggregate().equals(aggregate) && parked.request() != Request.DISCARD)
                .map(parked -> parked.event().event())
                .toList();
        return rows(queue, visible).size() == queue.size();
    }

    /** The table need not hold it. */
    private List<Row> discarded() {
        return queues().stream()
                .filter(parked -> parked.request() == Request.DISCARD)
                .map(parked -> new Row(
                        parked.event().event(),
                        0,
                        database.world().now(),
                        parked.event().aggregate().id(),
                        true,
                        Trouble.NONE))
                .toList();
    }

    private List<Row> requested(List<Row> visible) {
        return rows(
                queues().stream()
                        .filter(parked -> parked.request() == Request.RETRY)
                        .filter(parked -> isSeen(parked.event().aggregate(), visible))
                        .map(parked -> parked.event().event())
                        .toList(),
                visible);
    }

    private static List<Row> rows(List<UUID> ids, List<Row> visible) {
        Map<UUID, Row> byId = new HashMap<>();
        visible.forEach(row -> byId.put(row.id(), row));
        return ids.stream().filter(byId::containsKey).map(byId::get).toList();
    }

    private List<Row> healed(NewEpoch.Heal heal, List<Row> visible) {
        return switch (heal) {
            case NewEpoch.Heal.Nothing nothing -> List.of();
            case NewEpoch.Heal.Unjournaled all -> unjournaled(visible);
            case NewEpoch.Heal.Requested requested -> requested(visible);
            case NewEpoch.Heal.Again again -> List.of();
            case NewEpoch.Heal.These these -> rows(these.ids(), visible);
        };
    }

    private List<Row> unjournaled(List<Row> visible) {
        Set<UUID> journaled = journaled(0);
        return visible.stream()
                .filter(row -> !journaled.contains(row.id()))
                .sorted(Comparator.comparingLong(Row::createdAt).thenComparing(Row::id))
                .toList();
    }

    private static PackedEvents packed(List<Row> rows) {
        PackedEvents.Builder packed = new PackedEvents.Builder(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            packed.add(
                    rows.get(i).id(), 0, i, SimulatedDatabase.time(rows.get(i).createdAt()));
        }
        return packed.build();
    }

    private Set<UUID> journaled(long afterEntry) {
        Set<UUID> ids = new HashSet<>();
        for (JournalRow row : tables().journal.from(afterEntry + 1)) {
            PackedEvents events = row.events();
            for (int k = 0; k < events.size(); k++) {
                ids.add(events.id(k));
            }
        }
        return ids;
    }

    @Override
    public List<JournalRow> rowsFrom(long entry, int most) {
        return call("rowsFrom", () -> {
            List<JournalRow> rows = tables().journal.from(entry);
            return List.copyOf(rows.subList(0, Math.min(most, rows.size())));
        });
    }

    @Override
    public List<JournalRow> rowsBefore(long entry, int most) {
        return call("rowsBefore", () -> {
            List<JournalRow> rows = tables().journal.before(entry);
            return List.copyOf(
                    rows.subList(Math.max(0, rows.size() - most), rows.size()).reversed());
        });
    }

    @Override
    public Set<UUID> ghosts() {
        return call("ghosts", () -> {
            Set<UUID> ghosts = new HashSet<>();
            tables().journal.stream()
                    .filter(row -> row.kind() == JournalRow.Kind.GHOST)
                    .forEach(row -> ghosts.addAll(row.events().ids()));
            return ghosts;
        });
    }

    @Override
    public long firstEntryBehind(@Nullable OutboxPosition position) {
        return call("firstEntryBehind", () -> first(position, false));
    }

    @Override
    public long firstEntryReaching(OutboxPosition position) {
        return call("firstEntryReaching", () -> first(position, true));
    }

    private long first(@Nullable OutboxPosition position, boolean orAt) {
        for (JournalRow row : tables().journal) {
            if (holdsPublished(row) && reaches(row, position, orAt)) {
                return row.entry();
            }
        }
        return 0;
    }

    private static boolean holdsPublished(JournalRow row) {
        return row.isOfStream() && !row.events().isEmpty();
    }

    private static boolean reaches(JournalRow row, @Nullable OutboxPosition position, boolean orAt) {
        int order = position == null ? 1 : SimulatedDatabase.last(row).compareTo(position);
        return order > 0 || (orAt && order == 0);
    }

    @Override
    public Map<UUID, Long> repeated(long entry) {
        return call("repeated", () -> {
            Set<UUID> seen = new HashSet<>();
            Map<UUID, Long> last = new HashMap<>();
            for (JournalRow row : tables().journal) {
                for (int i = 0; row.entry() >= entry && i < row.events().size(); i++) {
                    if (!seen.add(row.events().id(i))) {
                        last.put(row.events().id(i), row.entry());
                    }
                }
            }
            return last;
        });
    }

    @Override
    public long countFrom(long entry) {
        return call("countFrom", () -> {
            long count = 0;
            for (JournalRow row : tables().journal) {
                count += row.entry() >= entry && row.kind() == JournalRow.Kind.PUBLISHED
                        ? row.events().size()
                        : 0;
            }
            return count;
        });
    }

    @Override
    public List<UUID> withoutEntry(List<UUID> events, long afterEntry) {
        if (events.isEmpty()) {
            return List.of();
        }
        return call("withoutEntry", () -> {
            Set<UUID> journaled = journaled(afterEntry);
            return events.stream().filter(id -> !journaled.contains(id)).toList();
        });
    }

    @Override
    public Set<UUID> unknown(List<UUID> events) {
        return call("unknown", () -> {
            Set<UUID> unknown = new HashSet<>(events);
            tables().rows.forEach(row -> unknown.remove(row.id()));
            return unknown;
        });
    }

    @Override
    public Map<UUID, OutboxChange.Row> events(List<UUID> events) {
        return call("events", () -> {
            Set<UUID> wanted = new HashSet<>(events);
            Map<UUID, OutboxChange.Row> found = new HashMap<>();
            for (Row row : tables().rows) {
                if (wanted.contains(row.id())) {
                    found.put(row.id(), published(row, database.world()));
                }
            }
            return found;
        });
    }

    static OutboxChange.Row published(Row row, World world) {
        Trouble trouble = world.areLimitsWide() ? Trouble.NONE : row.trouble();
        return new OutboxChange.Row(
                row.id().toString(),
                "account",
                row.aggregate(),
                "Changed",
                '"' + trouble.name() + '"',
                trouble == Trouble.MALFORMED ? "{\"eventversion\":\"none\"}" : null);
    }

    @Override
    public @Nullable DroppedPartition dropped(UUID event) {
        return call("dropped", () -> {
            for (SimulatedDatabase.DroppedPartition dropped : tables().dropped.reversed()) {
                if (dropped.includes(event)) {
                    Instant droppedAt = SimulatedDatabase.time(dropped.droppedAt());
                    return new DroppedPartition(dropped.name(), droppedAt, droppedAt, droppedAt);
                }
            }
            return null;
        });
    }

    @Override
    public @Nullable OutboxPosition lastDropped() {
        return call("lastDropped", () -> {
            Set<UUID> known = new HashSet<>();
            tables().rows.forEach(row -> known.add(row.id()));
            OutboxPosition last = null;
            for (JournalRow row : tables().journal) {
                for (int i = 0;
                        row.kind() == JournalRow.Kind.PUBLISHED
                                && i < row.events().size();
                        i++) {
                    boolean isHigher = last == null || row.position(i).compareTo(last) > 0;
                    if (isHigher
                            && !known.contains(row.events().id(i))
                            && isDropped(
                                    row.events().id(i), row.events().time(i).toEpochMilli())) {
                        last = row.position(i);
                    }
                }
            }
            return last;
        });
    }

    private boolean isDropped(UUID event, long committedAt) {
        return tables().dropped.stream()
                .anyMatch(dropped -> dropped.includes(event) && committedAt < dropped.droppedAt());
    }

    @Override
    public void takeOver(@Nullable UUID firstInStream, JournalMark mark) {
        throw new Violation("No journal was lost, and yet the relay takes over from a release without one");
    }

    @Override
    public ProofScan scan(@Nullable Proven since, int most) {
        return call("scan", () -> {
            String snapshot = database.snapshotText();
            Instant takenAt = SimulatedDatabase.time(database.world().now());
            Proven taken = new Proven(
                    snapshot,
                    takenAt,
                    insertedSince(takenAt, since),
                    tables().journal.newest(),
                    List.of());
            List<UUID> suspects = suspects(since);
            boolean complete = suspects.size() <= most;
            return new ProofScan(taken, tables().end, complete ? suspects : suspects.subList(0, most), complete);
        });
    }

    private List<UUID> suspects(@Nullable Proven since) {
        if (since == null) {
            return unjournaled(tables().rows).stream().map(Row::id).toList();
        }
        Set<UUID> journaled = journaled(since.entry());
        long from = since.since().minus(SLACK).toEpochMilli();
        return tables().rows.stream()
                .filter(row -> row.createdAt() >= from)
                .filter(row -> !SimulatedDatabase.sees(since.snapshot(), row.txId()))
                .filter(row -> !journaled.contains(row.id()))
                .sorted(Comparator.comparingLong(Row::createdAt).thenComparing(Row::id))
                .map(Row::id)
                .toList();
    }

    private Instant insertedSince(Instant takenAt, @Nullable Proven since) {
        long oldestRunning = Long.MAX_VALUE;
        for (SimulatedDatabase.Transaction running : database.transactions) {
            oldestRunning = Math.min(oldestRunning, running.id);
        }
        if (oldestRunning == Long.MAX_VALUE) {
            return takenAt;
        }
        if (since == null) {
            return Instant.EPOCH;
        }
        long provenEnd = SimulatedDatabase.end(since.snapshot());
        return oldestRunning >= provenEnd ? since.takenAt() : since.since();
    }

    @Override
    public void noteStream(StreamNote stream, int term) {
        run("noteStream", () -> {
            requireTerm(term);
            tables().stream = stream;
            if (calls.process() instanceof HealProcess) {
                database.world().oracle().acceptsRemoval();
            }
        });
    }

    @Override
    public void notePublication(String version, int term) {
        run("notePublication", () -> {
            requireTerm(term);
            tables().publicationNote = version;
        });
    }

    private void requireTerm(int term) {
        if (!tables().journal.isEmpty() && tables().journal.getLast().mark().term() > term) {
            throw new AftercommitException(ErrorCode.FENCED, "Another relay leads.");
        }
    }

    @Override
    public void record(Incident incident) {
        run("record", () -> tables().incidents.add(incident));
    }

    @Override
    public Map<String, Long> incidents() {
        return call("incidents", () -> {
            Map<String, Long> counts = new HashMap<>();
            tables().incidents.forEach(incident -> counts.merge(incident.kind().word(), 1L, Long::sum));
            return counts;
        });
    }

    @Override
    public void close() {}
}
