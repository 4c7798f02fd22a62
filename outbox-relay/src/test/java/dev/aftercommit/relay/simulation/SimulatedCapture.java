package dev.aftercommit.relay.simulation;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Contents;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Row;
import dev.aftercommit.relay.simulation.SimulatedDatabase.Slot;
import dev.aftercommit.relay.simulation.SimulatedDatabase.WalRecord;
import dev.aftercommit.relay.source.CaptureSource;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link CaptureSource} by a slot of a simulated database. */
final class SimulatedCapture implements CaptureSource {
    private static final long PAUSE = 50;
    private static final long WALSENDER_TIMEOUT = 10_000;

    private final World world;
    private final SimulatedDatabase database;
    private final SimulatedProcess process;
    private final DatabaseCalls calls;

    private @Nullable Slot slot;
    private Scheduler.@Nullable Fiber fiber;
    private boolean cut;
    private boolean paused;
    private boolean closed;
    private long lastTurn;
    private long confirmed;
    private int at;
    private int row;
    private int ordinal;

    SimulatedCapture(World world, SimulatedProcess process, DatabaseCalls calls) {
        this.world = world;
        this.database = world.database();
        this.process = process;
        this.calls = calls;
    }

    @Override
    public void start(ChangeListener listener) {
        calls.call("startCapture", () -> {
            Slot found = database.contents.slot;
            if (found == null || found.lost || (found.user != null && found.user != this)) {
                throw DatabaseCalls.unavailable("the start of the replication");
            }
            slot = found;
            found.user = this;
            lastTurn = world.now();
            at = first(database.contents, found.confirmed);
            return true;
        });
        fiber = world.start("capture", process, () -> loop(listener));
    }

    private static int first(Contents contents, long confirmed) {
        List<WalRecord> wal = contents.wal;
        int index = wal.size();
        while (index > 0 && wal.get(index - 1).lsn() >= confirmed) {
            index--;
        }
        return index;
    }

    private void loop(ChangeListener listener) {
        try {
            while (!closed) {
                boolean read = turn(listener);
                if (!closed && (!read || paused)) {
                    world.pause(PAUSE);
                }
            }
        } catch (AftercommitException e) {
            if (!closed) {
                listener.onFailure(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private boolean turn(ChangeListener listener) throws InterruptedException {
        world.enter(process, "capture", World.Server.DATABASE);
        requireConnection();
        lastTurn = world.now();
        boolean read = !paused && listener.awaitCapacity() && !closed && readOne(listener);
        confirm(listener);
        return read;
    }

    private void requireConnection() {
        if (cut || database.isDown() || calls.generation() != database.generation) {
            throw DatabaseCalls.unavailable("replication");
        }
    }

    private boolean readOne(ChangeListener listener) {
        requireConnection();
        List<WalRecord> wal = database.contents.wal;
        if (at >= wal.size()) {
            return false;
        }
        WalRecord record = wal.get(at);
        while (row < record.rows().size()) {
            Row next = record.rows().get(row++);
            if (next.delivered()) {
                hand(listener, record, next);
                return true;
            }
            if (database.missingPublicationFails && database.contents.publication == null) {
                throw DatabaseCalls.unavailable("decoding: publication \"outbox\" does not exist");
            }
        }
        at++;
        row = 0;
        ordinal = 0;
        if (record.isDelivered(database.emptyTransactionsAreSent)) {
            listener.onBoundary(record.end());
        }
        return true;
    }

    private void hand(ChangeListener listener, WalRecord record, Row next) {
        try {
            listener.onChange(new OutboxChange(
                    record.lsn(),
                    ordinal++,
                    SimulatedDatabase.time(record.time()),
                    SimulatedLedger.published(next, world)));
        } catch (AftercommitException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Violation("The pipeline failed: " + e, e);
        }
    }

    private void confirm(ChangeListener listener) {
        long confirmable = listener.confirmable();
        if (Long.compareUnsigned(confirmable, confirmed) <= 0) {
            return;
        }
        world.enter(process, "confirm", World.Server.DATABASE);
        requireConnection();
        confirmed = confirmable;
        if (confirmable > slot.confirmed) {
            world.oracle().confirms(slot.confirmed, confirmable);
            slot.confirmed = confirmable;
            if (world.chance(3)) {
                slot.persisted = confirmable;
            }
        }
        listener.onConfirmed(confirmable);
    }

    /** Somebody has ended the walsender. */
    void cut() {
        cut = true;
    }

    boolean isGone() {
        return process.isReleased() || world.now() - lastTurn > WALSENDER_TIMEOUT;
    }

    private void release() {
        if (!process.isKilled() && slot != null && slot.user == this) {
            slot.user = null;
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void close() {
        closed = true;
        if (fiber != null) {
            fiber.wake();
            world.join(fiber);
        }
        release();
    }
}
