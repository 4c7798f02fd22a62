package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.source.SlotState;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the relay shows of itself. Written by the relay's threads, read by anybody. */
public final class Progress {
    /** A state and since when. */
    public record Phase(
            RelayState state, Instant since, @Nullable AftercommitException reason) {}

    private volatile Phase phase = new Phase(RelayState.STARTING, Instant.now(), null);
    private volatile @Nullable Publisher publisher;
    private volatile long storedBefore;
    private final LongAdder skipped = new LongAdder();
    private final LongAdder runs = new LongAdder();
    private volatile long confirmedLsn;
    private volatile long lastTurn = System.nanoTime();
    private volatile @Nullable OutboxPosition lastPosition;
    private volatile @Nullable SlotState slot;
    private volatile int epoch;
    private volatile long parked;
    private volatile Map<String, Long> incidents = Map.of();

    void enter(RelayState state, @Nullable AftercommitException reason) {
        Phase before = phase;
        phase = new Phase(state, before.state() == state ? before.since() : Instant.now(), reason);
    }

    void runStarted() {
        runs.increment();
    }

    /** Leads in an epoch; incidents so far, by kind. */
    void leading(int currentEpoch, Map<String, Long> knownIncidents) {
        epoch = currentEpoch;
        incidents = Map.copyOf(knownIncidents);
    }

    void parked(long events) {
        parked = events;
    }

    void publishing(Publisher current) {
        publisher = current;
        turned();
    }

    synchronized void publishingEnded() {
        Publisher ended = publisher;
        publisher = null;
        if (ended != null) {
            storedBefore += ended.acknowledged();
        }
    }

    void turned() {
        lastTurn = System.nanoTime();
    }

    void skippedOne() {
        skipped.increment();
    }

    void reached(OutboxPosition position) {
        lastPosition = position;
    }

    void confirmed(long lsn) {
        confirmedLsn = lsn;
    }

    void looked(@Nullable SlotState current) {
        slot = current;
    }

    public Phase phase() {
        return phase;
    }

    /** Messages stored by this process. */
    public synchronized long stored() {
        Publisher current = publisher;
        return storedBefore + (current == null ? 0 : current.acknowledged());
    }

    /** Messages on their way to the stream. */
    public long inFlight() {
        Publisher current = publisher;
        return current == null ? 0 : current.published() - current.acknowledged();
    }

    /** Changes that were in the stream already when they were read again. */
    public long skipped() {
        return skipped.sum();
    }

    /** Runs that were started; each lost server ends one. */
    public long runs() {
        return runs.sum();
    }

    /** What the slot was last told, as a number; 0 before the first time. */
    public long confirmedLsn() {
        return confirmedLsn;
    }

    /** The last position that was sent; null before the first. */
    public @Nullable OutboxPosition lastPosition() {
        return lastPosition;
    }

    /** The slot as it was last looked at. */
    public @Nullable SlotState slot() {
        return slot;
    }

    /** The epoch; 0 before it is known. */
    public int epoch() {
        return epoch;
    }

    /** Incidents that the database knows, by kind; empty before it was asked. */
    public Map<String, Long> incidents() {
        return incidents;
    }

    /** Events that are held back, as they were last counted. */
    public long parked() {
        return parked;
    }

    /** How long ago the streaming thread was last seen to go round. */
    public long secondsSinceLastTurn() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastTurn);
    }
}
