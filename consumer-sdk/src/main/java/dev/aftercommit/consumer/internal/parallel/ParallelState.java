package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.Lag;
import dev.aftercommit.consumer.ParallelStatus;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.observe.Listeners;
import dev.aftercommit.consumer.spi.Commit;
import dev.aftercommit.contract.EventEnvelope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known about a parallel consumer while it runs. Thread-safe. */
final class ParallelState {
    /** An event that waits comes again sooner. */
    private static final long STILL_WAITS_NANOS = Duration.ofSeconds(15).toNanos();

    private final Listeners listeners;
    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong gone = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable Checkpoint checkpoint;
    private volatile @Nullable Waiting waiting;
    private volatile @Nullable Held held;
    private volatile @Nullable Long left;

    /** An event that waits by itself while others go on. */
    private record Held(Waiting waiting, long sinceNanos) {}

    ParallelState(Listeners listeners) {
        this.listeners = listeners;
    }

    void at(@Nullable Checkpoint now) {
        checkpoint = now;
    }

    /** Messages up to this sequence are handled, or somebody has accepted that they are not. */
    long settledUpTo() {
        Checkpoint now = checkpoint;
        return now == null ? 0 : now.settledUpTo();
    }

    void handled(EventEnvelope event) {
        handled.incrementAndGet();
        listeners.tell(listener -> listener.committed(new Commit(event.partition(), List.of(event), List.of())));
    }

    void parked(EventEnvelope event) {
        parked.incrementAndGet();
        listeners.tell(listener -> listener.committed(new Commit(event.partition(), List.of(), List.of(event))));
    }

    void skipped(EventEnvelope event) {
        skipped.incrementAndGet();
        listeners.tell(listener -> listener.skipped(event.partition(), 1));
    }

    void attemptFailed() {
        failed.incrementAndGet();
    }

    /** Goes on although messages are gone from the stream, or are no events. */
    void passedOver(long messages) {
        gone.addAndGet(messages);
    }

    void isBehind(long messages) {
        left = messages;
    }

    void waitFor(Waiting next) {
        waiting = next;
        left = null;
    }

    void goOn() {
        waiting = null;
    }

    /** One event does, whatever becomes of the others; returns whether that is news. */
    boolean oneWaits(Waiting next) {
        Waiting before = waiting();
        held = new Held(next, System.nanoTime());
        return !next.equals(before);
    }

    @Nullable
    Waiting waiting() {
        Waiting whole = waiting;
        Held one = held;
        if (whole != null || one == null) {
            return whole;
        }
        return System.nanoTime() - one.sinceNanos() < STILL_WAITS_NANOS ? one.waiting() : null;
    }

    /**
     * What is known.
     *
     * @param oldest when the oldest event in hand was committed; null when none is in hand
     */
    ParallelStatus status(int most, int running, @Nullable Instant oldest, @Nullable Duration transactionAge) {
        Checkpoint now = checkpoint;
        return new ParallelStatus(
                most,
                running,
                now == null ? null : now.sequence(),
                now == null ? null : now.position(),
                handled.get(),
                parked.get(),
                skipped.get(),
                gone.get(),
                failed.get(),
                lag(oldest),
                transactionAge,
                waiting());
    }

    private @Nullable Lag lag(@Nullable Instant oldest) {
        Long behind = left;
        if (behind == null || behind == 0) {
            return behind == null ? null : Lag.NONE;
        }
        return new Lag(behind, oldest == null ? null : Duration.between(oldest, Instant.now()));
    }
}
