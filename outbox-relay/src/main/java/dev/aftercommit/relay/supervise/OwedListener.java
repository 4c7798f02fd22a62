package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.history.HeldAggregates;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedEvent;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Change to journal to slot, and nothing to the stream: it is owed what comes here. What waits for a parked event is parked,
 * too: the stream may hold later events of other aggregates already, and would seem to lack it.
 */
final class OwedListener implements ChangeListener {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final Positions positions;
    private final Ledger ledger;
    private final HeldAggregates held;
    private final ReplayWindow window;
    private final PendingEvents pending;
    private final SlotCheckpoint checkpoint;
    private final JournalWriter writer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private boolean begun;
    private boolean outOfOrder;
    private boolean passedOver;

    OwedListener(
            Positions positions,
            Ledger ledger,
            ReplayWindow window,
            PendingEvents pending,
            SlotCheckpoint checkpoint,
            JournalWriter writer) {
        this.positions = positions;
        this.ledger = ledger;
        this.held = new HeldAggregates(ledger.held());
        this.window = window;
        this.pending = pending;
        this.checkpoint = checkpoint;
        this.writer = writer;
    }

    @Override
    public boolean awaitCapacity() throws InterruptedException {
        return pending.awaitRoom(WAIT);
    }

    @Override
    public void onChange(OutboxChange change) {
        UUID id = UUID.fromString(change.row().id());
        switch (window.next(id, change.transactionLsn(), change.ordinal())) {
            case JOURNALED -> {}
            case NEW -> takeAtItsTurn(id, change);
            case PASSED -> passedOver = true;
        }
    }

    /**
     * Where the journal has something behind the first, a relay was cut short when it took in what the stream has of a
     * future that this database knows nothing of: only the stream can tell where this event belongs.
     */
    private void takeAtItsTurn(UUID id, OutboxChange change) {
        OutboxPosition position = positions.of(change.transactionLsn(), change.ordinal());
        if (!begun && ledger.firstEntryBehind(position) != 0) {
            outOfOrder = true;
            passedOver = true;
            onFailure(new AftercommitException(
                    ErrorCode.STREAM_MISMATCH,
                    "The database was restored, and its events cannot be put in order before the stream can be read"));
        }
        begun = true;
        if (!outOfOrder) {
            take(id, position, change);
        }
    }

    private void take(UUID id, OutboxPosition position, OutboxChange change) {
        ParkedEvent behind = held.behind(change, position);
        if (behind == null) {
            pending.add(id, position, change.time(), 0);
        } else {
            pending.park(behind, change.time(), 0);
        }
    }

    /** The slot keeps an event that was passed over until it is healed. */
    @Override
    public void onBoundary(long lsn) {
        window.passed(lsn);
        if (!passedOver) {
            checkpoint.reached(pending.added(), lsn);
        }
    }

    @Override
    public long confirmable() {
        return writer.confirmable();
    }

    @Override
    public void onConfirmed(long lsn) {}

    @Override
    public void onFailure(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Why nothing more comes; null while all is well. */
    @Nullable
    Throwable failure() {
        return failure.get();
    }
}
