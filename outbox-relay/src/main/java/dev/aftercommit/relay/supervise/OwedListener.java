package dev.aftercommit.relay.supervise;

import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Change to journal to slot, and nothing to the stream: it is owed what comes here. */
final class OwedListener implements ChangeListener {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final Positions positions;
    private final ReplayWindow window;
    private final PendingEvents pending;
    private final SlotCheckpoint checkpoint;
    private final JournalWriter writer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private boolean passedOver;

    OwedListener(
            Positions positions,
            ReplayWindow window,
            PendingEvents pending,
            SlotCheckpoint checkpoint,
            JournalWriter writer) {
        this.positions = positions;
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
            case NEW -> pending.add(id, positions.of(change.transactionLsn(), change.ordinal()), change.time(), 0);
            case PASSED -> passedOver = true;
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
