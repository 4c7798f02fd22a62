package dev.aftercommit.relay.supervise;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.publish.Publisher;
import dev.aftercommit.relay.source.SlotState;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Where the relay's threads write down what they do; {@link #status()} is what others read. */
final class Progress {
    /** Every statement and every request that a part waits for ends earlier, by failing if need be. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Clock clock;
    private final Set<Pulse> pulses = ConcurrentHashMap.newKeySet();
    private volatile RelayStatus.Phase phase;
    private volatile @Nullable Publisher publisher;
    private volatile long storedBefore;
    private final LongAdder skipped = new LongAdder();
    private final LongAdder runs = new LongAdder();
    private volatile long confirmedLsn;
    private volatile @Nullable OutboxPosition lastPosition;
    private volatile @Nullable SlotState slot;
    private volatile int epoch;
    private volatile long parked;
    private volatile Map<String, Long> incidents = Map.of();

    Progress(Clock clock) {
        this.clock = clock;
        this.phase = new RelayStatus.Phase(RelayState.STARTING, clock.instant(), null);
    }

    /** A part of the relay that has to come round again and again until it is closed. */
    final class Pulse implements AutoCloseable {
        private final String part;
        private volatile Instant lastBeat = clock.instant();

        private Pulse(String part) {
            this.part = part;
        }

        void beat() {
            lastBeat = clock.instant();
        }

        /** Beats after each turn. */
        Machine.Turn after(Machine.Turn turn) {
            return () -> {
                turn.run();
                beat();
            };
        }

        @Override
        public void close() {
            pulses.remove(this);
        }
    }

    /** Begins to watch a part. */
    Pulse pulse(String part) {
        Pulse pulse = new Pulse(part);
        pulses.add(pulse);
        return pulse;
    }

    void enter(RelayState state, @Nullable AftercommitException reason) {
        RelayStatus.Phase before = phase;
        phase = new RelayStatus.Phase(state, before.state() == state ? before.since() : clock.instant(), reason);
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
    }

    synchronized void publishingEnded() {
        Publisher ended = publisher;
        publisher = null;
        if (ended != null) {
            storedBefore += ended.acknowledged();
        }
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

    /** All of it, now. */
    RelayStatus status() {
        return new RelayStatus(
                phase,
                flow(),
                new RelayStatus.Place(epoch, lastPosition, confirmedLsn),
                new RelayStatus.Held(parked, incidents),
                slot,
                stuck());
    }

    private synchronized RelayStatus.Flow flow() {
        Publisher current = publisher;
        long acknowledged = current == null ? 0 : current.acknowledged();
        long inFlight = current == null ? 0 : current.published() - acknowledged;
        return new RelayStatus.Flow(storedBefore + acknowledged, inFlight, skipped.sum(), runs.sum());
    }

    private RelayStatus.@Nullable Stuck stuck() {
        Instant latest = clock.instant().minus(PATIENCE);
        return pulses.stream()
                .filter(pulse -> pulse.lastBeat.isBefore(latest))
                .min(Comparator.comparing(pulse -> pulse.lastBeat))
                .map(pulse -> new RelayStatus.Stuck(pulse.part, Duration.between(pulse.lastBeat, clock.instant())))
                .orElse(null);
    }
}
