package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.Epoch;
import dev.aftercommit.relay.source.Incident;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.StreamNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL, as far as the relay can tell: transactions, the outbox with its ledger, WAL, a slot and a publication. All
 * that a volume holds is in {@link Contents}, so that a snapshot of it takes back everything at once.
 */
final class SimulatedDatabase {
    /** A row of outbox.event. */
    record Row(UUID id, long txId, long createdAt, String aggregate, boolean delivered, Trouble trouble) {}

    /** What the stream has against an event, until somebody has mended it. */
    enum Trouble {
        NONE,
        MALFORMED,
        TOO_LARGE,
        REFUSED
    }

    /** A row of outbox.parked_event. */
    record Parked(ParkedEvent event, @Nullable Request request) {}

    enum Request {
        RETRY,
        DISCARD
    }

    /** A record of the WAL: a commit, or a message. */
    record WalRecord(long lsn, long end, long time, List<Row> rows, boolean isMessage) {
        boolean isDelivered(boolean emptyOnes) {
            return isMessage || emptyOnes || rows.stream().anyMatch(Row::delivered);
        }
    }

    /** A row of outbox.dropped_partition. */
    record DroppedPartition(String name, UUID firstId, UUID lastId, long droppedAt) {
        boolean includes(UUID event) {
            return firstId.compareTo(event) <= 0 && event.compareTo(lastId) <= 0;
        }
    }

    record Publication(int oid, int version, boolean inserts) {}

    /** A replication slot. */
    static final class Slot {
        long confirmed;
        long persisted;
        boolean lost;

        @Nullable
        SimulatedCapture user;

        Slot(long confirmed) {
            this.confirmed = confirmed;
            this.persisted = confirmed;
        }

        Slot copy() {
            Slot copy = new Slot(confirmed);
            copy.persisted = persisted;
            copy.lost = lost;
            return copy;
        }
    }

    /** A transaction that runs, or that has committed and cannot be seen yet. */
    static final class Transaction {
        final long id;
        final List<Row> rows = new ArrayList<>();
        boolean committed;
        boolean prepared;
        long visibleAt;

        Transaction(long id) {
            this.id = id;
        }

        /** Of one that is prepared: a copy of the database has it, too, and may commit it once more. */
        Transaction copy() {
            Transaction copy = new Transaction(id);
            copy.rows.addAll(rows);
            copy.prepared = true;
            return copy;
        }
    }

    /** What is on the disk. */
    static final class Contents {
        String systemIdentifier = "cluster-1";
        long end = 1_000;
        long nextTransaction = 100;
        int nextOid = 1;
        List<Row> rows = new ArrayList<>();
        List<WalRecord> wal = new ArrayList<>();

        @Nullable
        Publication publication;

        @Nullable
        Slot slot;

        UUID history = new UUID(0x700, 1);

        @Nullable
        StreamNote stream;

        @Nullable
        String publicationNote;

        List<Epoch> epochs = new ArrayList<>();
        SimulatedJournal journal = new SimulatedJournal();
        List<Incident> incidents = new ArrayList<>();
        List<Parked> parked = new ArrayList<>();
        List<DroppedPartition> dropped = new ArrayList<>();
        /** Of an image of the disk. */
        List<Transaction> prepared = new ArrayList<>();

        Contents copy() {
            Contents copy = new Contents();
            copy.systemIdentifier = systemIdentifier;
            copy.end = end;
            copy.nextTransaction = nextTransaction;
            copy.nextOid = nextOid;
            copy.rows.addAll(rows);
            copy.wal.addAll(wal);
            copy.publication = publication;
            copy.slot = slot == null ? null : slot.copy();
            copy.history = history;
            copy.stream = stream;
            copy.publicationNote = publicationNote;
            copy.epochs.addAll(epochs);
            copy.journal = journal.copy();
            copy.incidents.addAll(incidents);
            copy.parked.addAll(parked);
            copy.dropped.addAll(dropped);
            prepared.forEach(transaction -> copy.prepared.add(transaction.copy()));
            return copy;
        }
    }

    private final World world;
    private final SplittableRandom random;
    final boolean emptyTransactionsAreSent;
    final boolean missingPublicationFails;
    /** The time that a partition of the outbox is for. */
    final long partitionMillis;

    final List<Transaction> transactions = new ArrayList<>();
    Contents contents = new Contents();
    /** Of connections: those of an earlier one are broken. */
    int generation;

    long downUntil;

    @Nullable
    SimulatedSource leader;

    private int events;
    private int clusters = 1;
    private @Nullable Contents snapshot;
    private @Nullable Contents standby;

    SimulatedDatabase(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.emptyTransactionsAreSent = random.nextInt(4) == 0;
        this.missingPublicationFails = random.nextInt(4) == 0;
        this.partitionMillis = 500L << random.nextInt(8);
    }

    World world() {
        return world;
    }

    // What services do

    Transaction begin() {
        Transaction transaction = new Transaction(contents.nextTransaction++);
        transactions.add(transaction);
        return transaction;
    }

    void insert(Transaction transaction) {
        insert(transaction, Trouble.NONE);
    }

    void insert(Transaction transaction, Trouble trouble) {
        Publication publication = contents.publication;
        UUID id = new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L | ++events);
        transaction.rows.add(new Row(
                id,
                transaction.id,
                world.now(),
                "a" + random.nextInt(3),
                publication != null && publication.inserts(),
                trouble));
    }

    /** What an operator does: asks for one event, for its aggregate, or for all. */
    boolean request(Request request, int argument) {
        if (contents.parked.isEmpty()) {
            return false;
        }
        ParkedEvent chosen =
                contents.parked.get(argument % contents.parked.size()).event();
        request(request, event -> isMeant(event, chosen, argument / 7 % 3));
        return true;
    }

    void request(Request request, Predicate<ParkedEvent> isMeant) {
        contents.parked.replaceAll(
                parked -> isMeant.test(parked.event()) ? new Parked(parked.event(), request) : parked);
    }

    private static boolean isMeant(ParkedEvent event, ParkedEvent chosen, int how) {
        return switch (how) {
            case 0 -> event.event().equals(chosen.event());
            case 1 -> event.aggregate().equals(chosen.aggregate());
            default -> true;
        };
    }

    void commit(Transaction transaction, long visibleAfter) {
        WalRecord record = write(transaction.rows, false);
        int ordinal = 0;
        for (Row row : transaction.rows) {
            world.oracle().committed(row, record.lsn(), row.delivered() ? ordinal++ : -1);
        }
        if (visibleAfter > 0) {
            transaction.committed = true;
            transaction.visibleAt = world.now() + visibleAfter;
        } else {
            contents.rows.addAll(transaction.rows);
            transactions.remove(transaction);
        }
    }

    void rollBack(Transaction transaction) {
        transactions.remove(transaction);
    }

    /** Makes seen what committed some time ago. */
    void settle(boolean all) {
        for (int i = transactions.size() - 1; i >= 0; i--) {
            Transaction transaction = transactions.get(i);
            if (transaction.committed && (all || transaction.visibleAt <= world.now())) {
                contents.rows.addAll(transaction.rows);
                transactions.remove(i);
            }
        }
    }

    /** Appends to the WAL. */
    WalRecord write(List<Row> rows, boolean isMessage) {
        long lsn = contents.end + (random.nextInt(3) == 0 ? 8 : 0);
        long length = 8 + 8L * random.nextInt(4) + (random.nextInt(64) == 0 ? 40_000 : 0);
        WalRecord record = new WalRecord(lsn, lsn + length, world.now(), List.copyOf(rows), isMessage);
        contents.wal.add(record);
        contents.end = record.end();
        return record;
    }

    /** A transaction of the relay's. */
    void commitLedger() {
        contents.nextTransaction++;
        write(List.of(), false);
    }

    void breakConnections() {
        generation++;
        leader = null;
        if (contents.slot != null && contents.slot.user != null) {
            contents.slot.user.cut();
            contents.slot.user = null;
        }
    }

    boolean isDown() {
        return world.now() < downUntil;
    }

    // What breaks, and what people do

    void restart() {
        crash();
        if (contents.slot != null) {
            contents.slot.confirmed = contents.slot.persisted;
        }
        downUntil = world.now() + random.nextInt(3_000);
    }

    private void crash() {
        world.oracle().restored();
        breakConnections();
        settle(true);
        transactions.removeIf(transaction -> !transaction.prepared);
    }

    /** The prepared transactions are those of the image. */
    private void becomes(Contents image) {
        contents = image;
        transactions.clear();
        transactions.addAll(image.prepared);
        image.prepared.clear();
    }

    void takeSnapshot() {
        snapshot = image();
    }

    void replicate() {
        standby = image();
    }

    /** What would be found on the disk after a crash. */
    private Contents image() {
        Contents image = contents.copy();
        for (Transaction transaction : transactions) {
            if (transaction.committed) {
                image.rows.addAll(transaction.rows);
            } else if (transaction.prepared) {
                image.prepared.add(transaction.copy());
            }
        }
        if (image.slot != null) {
            image.slot.confirmed = image.slot.persisted;
        }
        return image;
    }

    boolean restore() {
        if (snapshot == null) {
            return false;
        }
        crash();
        becomes(snapshot.copy());
        downUntil = world.now() + random.nextInt(2_000);
        return true;
    }

    /** The standby may have no copy of the slot, or one that was synced later than its tables. */
    boolean failOver(int argument) {
        if (standby == null) {
            return false;
        }
        Slot old = contents.slot;
        crash();
        becomes(standby.copy());
        standby = null;
        if (argument % 3 == 0) {
            contents.slot = null;
        } else if (argument % 3 == 1 && contents.slot != null && old != null) {
            contents.slot.confirmed = Math.max(contents.slot.confirmed, Math.min(old.confirmed, contents.end));
            contents.slot.persisted = contents.slot.confirmed;
        }
        downUntil = world.now() + random.nextInt(2_000);
        return true;
    }

    /** pg_dump and pg_restore into a cluster of its own, which takes the place of the old one. */
    void dumpIntoAnother() {
        crash();
        Contents dump = contents.copy();
        dump.systemIdentifier = "cluster-" + ++clusters;
        dump.end = 1_000 + 8L * random.nextInt(400);
        dump.nextTransaction = 50L + random.nextInt(200);
        dump.wal.clear();
        dump.slot = null;
        if (dump.publication != null) {
            dump.publication = new Publication(dump.nextOid++, 1, dump.publication.inserts());
        }
        becomes(dump);
        downUntil = world.now() + random.nextInt(2_000);
    }

    private void freeSlot() {
        if (contents.slot != null && contents.slot.user != null) {
            contents.slot.user.cut();
            contents.slot.user = null;
        }
    }

    boolean dropSlot(boolean makeAgain) {
        if (contents.slot == null) {
            return false;
        }
        freeSlot();
        contents.slot = makeAgain ? new Slot(contents.end) : null;
        return true;
    }

    boolean advanceSlot(int argument) {
        Slot slot = contents.slot;
        if (slot == null || slot.lost) {
            return false;
        }
        freeSlot();
        long to = slot.confirmed + (contents.end - slot.confirmed) * (1 + argument % 4) / 4;
        slot.confirmed = Math.max(slot.confirmed, to);
        slot.persisted = slot.confirmed;
        return true;
    }

    boolean loseSlot() {
        if (contents.slot == null) {
            return false;
        }
        freeSlot();
        contents.slot.lost = true;
        return true;
    }

    boolean alterPublication(boolean inserts) {
        Publication found = contents.publication;
        if (found == null) {
            return false;
        }
        contents.publication = new Publication(found.oid(), found.version() + 1, inserts);
        commitLedger();
        return true;
    }

    boolean dropPublication(boolean makeAgain) {
        if (contents.publication == null) {
            return false;
        }
        contents.publication = makeAgain ? new Publication(contents.nextOid++, 1, true) : null;
        commitLedger();
        return true;
    }

    /** As of now, with all that runs. */
    String snapshotText() {
        long next = contents.nextTransaction;
        long oldest = next;
        StringBuilder running = new StringBuilder();
        for (Transaction transaction : transactions) {
            oldest = Math.min(oldest, transaction.id);
            running.append(running.isEmpty() ? "" : ",").append(transaction.id);
        }
        return oldest + ":" + next + ":" + running;
    }

    static boolean sees(String snapshot, long transaction) {
        int first = snapshot.indexOf(':');
        int second = snapshot.indexOf(':', first + 1);
        if (transaction < Long.parseLong(snapshot, 0, first, 10)) {
            return true;
        }
        return transaction < Long.parseLong(snapshot, first + 1, second, 10)
                && !(',' + snapshot.substring(second + 1) + ',').contains("," + transaction + ",");
    }

    /** The first transaction that had not begun. */
    static long end(String snapshot) {
        int first = snapshot.indexOf(':');
        return Long.parseLong(snapshot, first + 1, snapshot.indexOf(':', first + 1), 10);
    }

    static Instant time(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    static OutboxPosition last(JournalRow row) {
        return row.position(row.events().size() - 1);
    }
}
