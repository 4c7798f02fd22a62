package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known about a partition while the consumer runs, whoever owns it. Written by its worker, read by any thread. */
public final class PartitionState {
    private final int partition;
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong gone = new AtomicLong();
    private volatile boolean owned;
    private volatile @Nullable Checkpoint checkpoint;
    private volatile @Nullable Waiting waiting;

    public PartitionState(int partition) {
        this.partition = partition;
    }

    public int partition() {
        return partition;
    }

    /** Two digits, as in subjects. */
    String name() {
        return partition < 10 ? "0" + partition : Integer.toString(partition);
    }

    void own(boolean now) {
        owned = now;
        waiting = null;
    }

    void at(@Nullable Checkpoint now) {
        checkpoint = now;
    }

    void committed(Handled now) {
        handled.addAndGet(now.handled());
        parked.addAndGet(now.parked());
        skipped.addAndGet(now.skipped());
        if (now.handled() + now.parked() > 0) {
            transactions.incrementAndGet();
        }
        checkpoint = now.to();
        waiting = null;
    }

    void attemptFailed() {
        failed.incrementAndGet();
    }

    /** Goes on although messages are gone from the stream. */
    void passedOver(long messages) {
        gone.addAndGet(messages);
    }

    void waitFor(Waiting next) {
        waiting = next;
    }

    void goOn() {
        waiting = null;
    }

    @Nullable
    public Waiting waiting() {
        return waiting;
    }

    public PartitionStatus status() {
        Checkpoint now = checkpoint;
        return new PartitionStatus(
                partition,
                owned,
                now == null ? null : now.sequence(),
                now == null ? null : now.position(),
                handled.get(),
                parked.get(),
                skipped.get(),
                gone.get(),
                transactions.get(),
                failed.get(),
                waiting);
    }
}
