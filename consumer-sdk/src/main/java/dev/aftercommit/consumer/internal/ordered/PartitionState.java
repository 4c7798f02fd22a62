package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.PartitionStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.observe.Listeners;
import dev.aftercommit.consumer.internal.observe.RunningSince;
import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.contract.EventEnvelope;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known about a partition while the consumer runs, whoever owns it. Written by its worker, read by any thread. */
public final class PartitionState {
    private final int partition;
    private final Listeners listeners;
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong gone = new AtomicLong();
    private volatile boolean owned;
    private volatile @Nullable Checkpoint checkpoint;
    private volatile @Nullable Waiting waiting;
    private volatile @Nullable Backlog backlog;
    private final RunningSince transaction = new RunningSince();

    public PartitionState(int partition, Listeners listeners) {
        this.partition = partition;
        this.listeners = listeners;
    }

    public int partition() {
        return partition;
    }

    /** Two digits, as in subjects. */
    String name() {
        return partition < 10 ? "0" + partition : Integer.toString(partition);
    }

    void own(boolean now) {
        boolean changed = owned != now || waiting != null;
        owned = now;
        waiting = null;
        backlog = null;
        tellOfChange(changed);
    }

    void at(@Nullable Checkpoint now) {
        checkpoint = now;
    }

    void committed(Handled now) {
        handled.addAndGet(now.handled().size());
        parked.addAndGet(now.parked().size());
        skipped.addAndGet(now.skipped());
        if (now.hasEvents()) {
            transactions.incrementAndGet();
        }
        checkpoint = now.to();
        goOn();
        tell(now);
    }

    void isBehind(Backlog now) {
        backlog = now;
    }

    void opened(long pending) {
        backlog = Backlog.opened(pending, backlog);
    }

    /** The transaction that runs now. */
    RunningSince transaction() {
        return transaction;
    }

    void attemptFailed() {
        failed.incrementAndGet();
    }

    /** Goes on although messages are gone from the stream. */
    void passedOver(long messages) {
        gone.addAndGet(messages);
    }

    void waitFor(Waiting next) {
        Waiting before = waiting;
        waiting = next;
        tellOfChange(before == null || before.reason() != next.reason());
    }

    void goOn() {
        boolean changed = waiting != null;
        waiting = null;
        tellOfChange(changed);
    }

    private void tell(Handled now) {
        if (listeners.isEmpty()) {
            return;
        }
        if (now.hasEvents()) {
            Commit commit = new Commit(partition, envelopes(now.handled()), envelopes(now.parked()));
            listeners.tell(listener -> listener.committed(commit));
        }
        if (now.skipped() > 0) {
            listeners.tell(listener -> listener.skipped(partition, now.skipped()));
        }
    }

    private static List<EventEnvelope> envelopes(List<Selection.Event> events) {
        return events.stream().map(Selection.Event::envelope).toList();
    }

    private void tellOfChange(boolean changed) {
        if (changed && !listeners.isEmpty()) {
            PartitionStatus now = status();
            listeners.tell(listener -> listener.partitionChanged(now));
        }
    }

    @Nullable
    public Waiting waiting() {
        return waiting;
    }

    public PartitionStatus status() {
        Checkpoint now = checkpoint;
        Backlog behind = backlog;
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
                behind == null ? null : behind.lag(Instant.now()),
                transaction.age(),
                waiting);
    }
}
