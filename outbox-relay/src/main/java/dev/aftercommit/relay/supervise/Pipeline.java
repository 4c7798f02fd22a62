package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.history.Admission;
import dev.aftercommit.relay.history.JournalWriter;
import dev.aftercommit.relay.history.PendingEvents;
import dev.aftercommit.relay.history.ReplayWindow;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedEvent;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Change to message to stream to journal to slot: skips what the journal holds already, publishes or parks the rest, and
 * lets the slot be confirmed for what is journaled.
 */
final class Pipeline implements ChangeListener, AutoCloseable {
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final Duration WAIT = Duration.ofMillis(500);

    private final Admission admission;
    private final Positions positions;
    private final ReplayWindow window;
    private final Publisher publisher;
    private final Records records;
    private final Progress progress;
    private final Progress.Pulse pulse;
    private final Machine machine;
    private final PassedEvents passed;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private @Nullable OutboxPosition last;
    /** How many events must be journaled before another one is taken. */
    private long heldUntil;

    private volatile long confirmed;
    private volatile long taken;

    /** Where events go once they are published. */
    record Records(PendingEvents pending, SlotCheckpoint checkpoint, JournalWriter writer) {}

    /** The slot's changes: where they belong, and which of them are new. */
    record Changes(Positions positions, ReplayWindow window) {}

    Pipeline(
            Admission admission,
            Changes changes,
            Publisher publisher,
            Records records,
            Progress progress,
            Machine machine) {
        this.admission = admission;
        this.positions = changes.positions();
        this.window = changes.window();
        this.publisher = publisher;
        this.records = records;
        this.progress = progress;
        this.pulse = progress.pulse("capture");
        this.machine = machine;
        this.passed = new PassedEvents(machine.clock());
    }

    @Override
    public boolean awaitCapacity() throws InterruptedException {
        if (records.writer().journaled() < heldUntil) {
            machine.pause(SHORT);
            return false;
        }
        return publisher.awaitCapacity(WAIT) && records.pending().awaitRoom(WAIT);
    }

    @Override
    public void onChange(OutboxChange change) {
        count();
        UUID id = UUID.fromString(change.row().id());
        switch (window.next(id, change.transactionLsn(), change.ordinal())) {
            case JOURNALED -> progress.skippedOne();
            case NEW -> {
                // What comes behind an event that is to be healed waits for it: it comes again.
                if (passed.isEmpty()) {
                    take(id, change);
                } else {
                    passed.end();
                }
            }
            case PASSED -> takeLate(id, change);
        }
    }

    private void take(UUID id, OutboxChange change) {
        OutboxPosition position = positions.of(change.transactionLsn(), change.ordinal());
        if (last != null && position.compareTo(last) <= 0) {
            throw new IllegalStateException(
                    "Change " + position + " came after " + last + "; changes must come in commit order.");
        }
        last = position;
        switch (admission.decide(change, position, "", publisher)) {
            case Admission.Decision.Publish publish -> {
                publisher.publish(publish.message());
                records.pending().add(id, position, change.time(), publisher.published());
                progress.reached(position);
            }
            case Admission.Decision.Park park -> park(park.event(), change);
        }
    }

    private void takeLate(UUID id, OutboxChange change) {
        OutboxPosition position = positions.late(change.transactionLsn(), change.ordinal());
        switch (admission.decide(change, position, "", publisher)) {
            case Admission.Decision.Publish publish -> passed.add(id);
            case Admission.Decision.Park park -> park(park.event(), change);
        }
    }

    /** Nothing is published behind an event that holds back its aggregate before that is noted (J6). */
    private void park(ParkedEvent event, OutboxChange change) {
        records.pending().park(event, change.time(), publisher.published());
        if (event.reason() != ParkedEvent.Reason.BEHIND) {
            heldUntil = records.pending().added();
        }
    }

    @Override
    public void onSignOfLife() {
        count();
    }

    /** What has come so far: changes, boundaries, signs of life. */
    long taken() {
        return taken;
    }

    /** Counted by the source's thread alone. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count() {
        taken++;
    }

    /** The slot keeps an event that was passed over until it is healed. */
    @Override
    public void onBoundary(long lsn) {
        count();
        window.passed(lsn);
        if (!passed.isEmpty()) {
            if (window.isBehind(lsn)) {
                passed.end();
            }
            return;
        }
        records.checkpoint().reached(records.pending().added(), lsn);
    }

    @Override
    public long confirmable() {
        pulse.beat();
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
    List<UUID> toHeal() {
        return passed.toHeal();
    }

    /** What has ended the run: a refused message, a lost server; null while all is well. */
    @Nullable
    Throwable failure() {
        AftercommitException fromPublisher = publisher.failure();
        return fromPublisher != null ? fromPublisher : failure.get();
    }

    /** Nothing more is expected of the capture. */
    @Override
    public void close() {
        pulse.close();
    }
}
