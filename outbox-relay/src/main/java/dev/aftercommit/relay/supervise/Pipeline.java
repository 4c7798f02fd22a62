package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.checkpoint.SlotCheckpoint;
import dev.aftercommit.relay.publish.FencedPublisher;
import dev.aftercommit.relay.routing.EventRouter;
import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Change to message to stream to slot: skips what the stream holds already, publishes the rest, and says what is safe. */
final class Pipeline implements ChangeListener {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final EventRouter router;
    private final FencedPublisher publisher;
    private final Progress progress;
    private final SlotCheckpoint checkpoint = new SlotCheckpoint();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** The stream's last position while changes at or before it may still come. */
    private @Nullable OutboxPosition inStream;

    private @Nullable OutboxPosition last;
    private volatile long confirmable;
    private volatile long confirmed;

    Pipeline(EventRouter router, FencedPublisher publisher, @Nullable OutboxPosition inStream, Progress progress) {
        this.router = router;
        this.publisher = publisher;
        this.inStream = inStream;
        this.progress = progress;
    }

    @Override
    public boolean awaitCapacity() throws InterruptedException {
        return publisher.awaitCapacity(WAIT);
    }

    @Override
    public void onChange(OutboxChange change) {
        OutboxPosition position = router.positionOf(change);
        if (last != null && position.compareTo(last) <= 0) {
            throw new IllegalStateException(
                    "Change " + position + " came after " + last + "; changes must come in commit order.");
        }
        last = position;
        if (inStream != null && position.compareTo(inStream) <= 0) {
            progress.skippedOne();
            return;
        }
        inStream = null;
        publisher.publish(router.route(change));
        progress.reached(position);
    }

    @Override
    public void onBoundary(long lsn) {
        checkpoint.reached(publisher.published(), lsn);
    }

    @Override
    public long confirmable() {
        progress.turned();
        confirmable = checkpoint.confirmable(publisher.acknowledged());
        return confirmable;
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
        return confirmed == confirmable;
    }

    /** What has ended the run: a refused message, a lost server; null while all is well. */
    @Nullable
    Throwable failure() {
        AftercommitException fromPublisher = publisher.failure();
        return fromPublisher != null ? fromPublisher : failure.get();
    }
}
