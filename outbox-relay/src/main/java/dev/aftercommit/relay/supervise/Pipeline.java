package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.JournalRow;
import dev.aftercommit.relay.source.OutboxChange;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Change to message to stream to journal to slot: skips what the journal holds already, publishes the rest, and lets the
 * slot be confirmed for what is journaled.
 */
final class Pipeline implements ChangeListener {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final EventRouter router;
    private final Positions positions;
    private final ReplayWindow window;
    private final Publisher publisher;
    private final Records records;
    private final Progress progress;
    private final List<UUID> passed = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private @Nullable OutboxPosition last;
    private volatile long confirmed;

    /** The position of a change, by its LSN and ordinal. */
    interface Positions {
        OutboxPosition of(long lsn, int ordinal);
    }

    /** Where events go once they are published. */
    record Records(PendingEvents pending, SlotCheckpoint checkpoint, JournalWriter writer) {}

    Pipeline(
            EventRouter router,
            Positions positions,
            ReplayWindow window,
            Publisher publisher,
            Records records,
            Progress progress) {
        this.router = router;
        this.positions = positions;
        this.window = window;
        this.publisher = publisher;
        this.records = records;
        this.progress = progress;
    }

    @Override
    public boolean awaitCapacity() throws InterruptedException {
        return publisher.awaitCapacity(WAIT) && records.pending().awaitRoom(WAIT);
    }

    @Override
    public void onChange(OutboxChange change) {
        UUID id = UUID.fromString(change.row().id());
        switch (window.next(id, change.transactionLsn(), change.ordinal())) {
            case JOURNALED -> progress.skippedOne();
            case NEW -> publish(id, change);
            case PASSED -> passed.add(id);
        }
    }

    private void publish(UUID id, OutboxChange change) {
        OutboxPosition position = positions.of(change.transactionLsn(), change.ordinal());
        if (last != null && position.compareTo(last) <= 0) {
            throw new IllegalStateException(
                    "Change " + position + " came after " + last + "; changes must come in commit order.");
        }
        last = position;
        publisher.publish(router.route(change, position, ""));
        records.pending().add(JournalRow.Kind.PUBLISHED, id, position, change.time(), publisher.published());
        progress.reached(position);
    }

    /** The slot keeps an event that was passed over until it is healed. */
    @Override
    public void onBoundary(long lsn) {
        if (!passed.isEmpty()) {
            return;
        }
        records.checkpoint().reached(records.pending().added(), lsn);
    }

    @Override
    public long confirmable() {
        progress.turned();
        return records.writer().confirmable();
    }

    @Override
    public void onConfirmed(long lsn) {
        confirmed = lsn;
        progress.confirmed(lsn);
    }

    @Override
    public void onFailure(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Whether the slot knows everything that is safe. */
    boolean isConfirmed() {
        return confirmed == records.writer().confirmable();
    }

    /** Events that came before something that is journaled, and are not in the journal themselves. */
    List<UUID> passed() {
        return List.copyOf(passed);
    }

    /** What has ended the run: a refused message, a lost server; null while all is well. */
    @Nullable
    Throwable failure() {
        AftercommitException fromPublisher = publisher.failure();
        return fromPublisher != null ? fromPublisher : failure.get();
    }
}
