package dev.aftercommit.relay.simulation;

import dev.aftercommit.relay.simulation.SimulatedDatabase.Contents;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Publication;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Row;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Slot;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Transaction;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.DatabaseState;
import dev.aftercommit.relay.source.JournalMark;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.NewEpoch;
import dev.aftercommit.relay.source.Noted;
import dev.aftercommit.relay.source.PublicationState;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.source.Source;
import dev.aftercommit.relay.source.TablePartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@link Source} by a simulated database, as one process sees it. */
final class SimulatedSource implements Source {
    private static final long LEASE_MILLIS = 10_000;

    private final World world;
    private final SimulatedDatabase database;
    private final SimulatedProcess process;
    private final DatabaseCalls calls;
    private long renewed;
    private boolean lostLease;

    SimulatedSource(World world, SimulatedProcess process) {
        this.world = world;
        this.database = world.database();
        this.process = process;
        this.calls = new DatabaseCalls(world, process, database.generation);
    }

    @Override
    public Lease tryToLead() {
        return calls.call("tryToLead", () -> {
            requireLease();
            renewed = world.now();
            SimulatedSource leader = database.leader;
            if (leader != null && leader != this && !leader.isGone()) {
                return new Lease.AnotherLeads();
            }
            if (leader != null && leader != this) {
                leader.lostLease = true;
            }
            database.leader = this;
            Slot slot = database.contents.slot;
            if (slot != null && slot.user != null && !slot.user.isGone()) {
                return new Lease.SlotIsHeld("a walsender");
            }
            if (slot != null && slot.user != null) {
                slot.user.cut();
                slot.user = null;
            }
            return new Lease.Leads();
        });
    }

    private boolean isGone() {
        return process.isReleased() || world.now() - renewed > LEASE_MILLIS;
    }

    private void requireLease() {
        if (lostLease) {
            throw DatabaseCalls.unavailable("the lease");
        }
    }

    @Override
    public void renewLease() {
        calls.call("renewLease", () -> {
            requireLease();
            renewed = world.now();
            return true;
        });
    }

    @Override
    public DatabaseState look() {
        return calls.call("look", () -> {
            Contents now = database.contents;
            return new DatabaseState(now.systemIdentifier, "app", now.end, publication(now), slot(now));
        });
    }

    private static PublicationState publication(Contents now) {
        Publication found = now.publication;
        return found == null
                ? null
                : new PublicationState(
                        found.inserts() ? List.of() : List.of("it must publish inserts and nothing else"),
                        found.oid() + "/" + found.version());
    }

    private static SlotState slot(Contents now) {
        Slot found = now.slot;
        return found == null
                ? null
                : new SlotState(
                        "pgoutput",
                        "app",
                        found.user == null ? null : 1,
                        found.confirmed,
                        new SlotState.Wal(
                                now.end - found.confirmed, now.end - found.confirmed, found.lost ? "lost" : "reserved"),
                        null,
                        false);
    }

    @Override
    public Ledger openLedger() {
        return calls.call("openLedger", () -> new SimulatedLedger(database, calls));
    }

    @Override
    public Ledger openLedgerForLongQueries() {
        return openLedger();
    }

    @Override
    public long walLimit() {
        return 0;
    }

    @Override
    public TablePartitions partitions() {
        return new SimulatedPartitions(database, calls);
    }

    @Override
    public void makePublication() {
        calls.call("makePublication", () -> {
            if (database.contents.publication == null) {
                database.contents.publication = new Publication(database.contents.nextOid++, 1, true);
                database.commitLedger();
            } else {
                database.alterPublication(true);
            }
            return true;
        });
    }

    @Override
    public Noted makeSlot(NewEpoch epoch, JournalMark mark, Consumer<String> waits) {
        calls.call("dropSlot", () -> {
            requireLease();
            Slot slot = database.contents.slot;
            if (slot != null && slot.user != null) {
                throw DatabaseCalls.unavailable("the drop of a slot in use");
            }
            database.contents.slot = null;
            return true;
        });
        awaitOlder(calls.call("createSlot", () -> List.copyOf(database.transactions)));
        Made made = calls.call("madeSlot", () -> {
            if (database.contents.slot != null) {
                throw DatabaseCalls.unavailable("the creation of a slot that exists");
            }
            database.contents.slot = new Slot(database.contents.end);
            List<Row> visible = new ArrayList<>(database.contents.rows);
            database.transactions.stream()
                    .filter(transaction -> transaction.committed)
                    .forEach(transaction -> visible.addAll(transaction.rows));
            return new Made(database.contents.end, visible, database.contents.journal.newest());
        });
        return calls.call("beginEpoch", () -> {
            NewEpoch begun =
                    new NewEpoch(epoch.reason(), epoch.systemIdentifier(), made.lsn(), epoch.heal(), epoch.incident());
            JournalMark behind = mark.withLastLsn(made.lsn() - 1).withConfirmLsn(made.lsn());
            SimulatedLedger ledger = new SimulatedLedger(database, calls);
            ledger.begin(begun, behind, made.visible(), made.entries());
            database.commitLedger();
            return ledger.readNoted();
        });
    }

    private record Made(long lsn, List<Row> visible, long entries) {}

    private void awaitOlder(List<Transaction> older) {
        while (older.stream()
                .anyMatch(transaction -> database.transactions.contains(transaction) && !transaction.committed)) {
            world.pause(200);
            calls.call("waitForOlder", () -> true);
        }
    }

    @Override
    public CaptureSource capture() {
        return new SimulatedCapture(world, process, calls);
    }

    @Override
    public long heartbeat() {
        return calls.call("heartbeat", () -> database.write(List.of(), true).end());
    }

    @Override
    public void close() {
        if (database.leader == this && !process.isKilled()) {
            database.leader = null;
        }
    }
}
