package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.Refusal;
import dev.aftercommit.consumer.internal.checkpoint.Resumption;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.parallel.SharedCheckpoint.Seen;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Assignment;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.DurableName;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.consumer.internal.stream.SharedFeed;
import dev.aftercommit.consumer.internal.stream.SharedProgress;
import dev.aftercommit.consumer.internal.stream.StoredEvent;
import dev.aftercommit.consumer.internal.worker.ReadingThread;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages of the JetStream consumer that all instances share, as many as can be begun, and has the checkpoint follow what
 * was acknowledged, as long as that and the stream tell of one past. Used by one thread, except {@link #wake()},
 * {@link #beginAnew()}.
 */
final class SharedReading implements ReadingThread.Reading {
    private static final Logger LOG = LoggerFactory.getLogger(SharedReading.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration CHECK_SILENCE_AFTER = Duration.ofSeconds(10);
    private static final Duration MALFORMED_COMES_AGAIN_AFTER = Duration.ofSeconds(5);

    private final ConsumerConfig config;
    private final Broker broker;
    private final ParallelState state;
    private final RunningEvents running;
    private final StopSignal signal;
    private final Refusal refusal;
    private final Resumption resumption;
    private final SharedCheckpoint checkpoint;
    private volatile @Nullable SharedFeed feed;
    private volatile boolean anew;
    private @Nullable DurableName name;
    private long quietSince;

    /**
     * @param partitions how many the stream has
     */
    SharedReading(
            ConsumerConfig config,
            Broker broker,
            int partitions,
            ParallelState state,
            RunningEvents running,
            StopSignal signal) {
        this.config = config;
        this.broker = broker;
        this.state = state;
        this.running = running;
        this.signal = signal;
        this.refusal = Refusal.ofAll(config.identity());
        this.checkpoint = new SharedCheckpoint(config);
        this.resumption = new Resumption(
                broker,
                partitions,
                refusal,
                config.reading().passesOverGone(),
                what -> LOG.warn("Consumer {}: {}", config.identity(), what));
    }

    /** Makes it begin again at the checkpoint, which may have been set. */
    void beginAnew() {
        anew = true;
        wake();
    }

    /** Lets it look now: at the connection, or for more that can be begun. */
    void wake() {
        SharedFeed current = feed;
        if (current != null) {
            current.wake();
        }
    }

    @Override
    public void waitFor(Waiting waiting) {
        state.waitFor(waiting);
    }

    @Override
    public void ended() {
        LOG.debug("Consumer {} takes nothing any more", config.identity());
    }

    @Override
    public void read()
            throws StoppedException, FeedLostException, DatabaseAwayException, SQLException, InterruptedException {
        long generation = broker.generation();
        anew = false;
        Seen seen = checkpoint.load();
        state.at(seen.at());
        Resumption.Place place = resumption.find(seen.at());
        if (!move(seen, place, place.from())) {
            return;
        }
        DurableName shared = shared(seen, place.from());
        try (SharedFeed opened = broker.shared(shared)
                .open(place.from().sequence() + 1, place.stream().lastSequence(), running::free, running.most())) {
            feed = opened;
            state.goOn();
            read(opened, shared, generation);
        } finally {
            feed = null;
        }
    }

    /** Under which name; what was acknowledged under another one before says nothing here. */
    private DurableName shared(Seen seen, Checkpoint from) {
        DurableName next = name(from, seen);
        Checkpoint before = seen.at();
        boolean meansAnother =
                before != null && before.stream().isSameStreamAs(from.stream()) && before.sequence() != from.sequence();
        if (meansAnother) {
            broker.shared(next).forget();
        }
        DurableName last = name;
        if (last != null && !last.equals(next)) {
            broker.shared(last).forget();
        }
        name = next;
        return next;
    }

    private DurableName name(Checkpoint from, Seen seen) {
        return DurableName.of(config.identity(), seen.database(), from.stream(), from.start());
    }

    private void read(SharedFeed opened, DurableName shared, long generation)
            throws StoppedException, FeedLostException, DatabaseAwayException, SQLException, InterruptedException {
        quietSince = System.nanoTime();
        long lookedAt = System.nanoTime() - LOOK_EVERY.toNanos();
        while (broker.generation() == generation && !anew) {
            signal.check();
            DatabaseAwayException trouble = running.trouble();
            if (trouble != null) {
                throw trouble;
            }
            if (System.nanoTime() - lookedAt >= LOOK_EVERY.toNanos()) {
                requireNoSilence(opened, follow(shared));
                lookedAt = System.nanoTime();
            }
            for (Assignment assignment : opened.next(LOOK_EVERY)) {
                quietSince = System.nanoTime();
                take(assignment);
            }
        }
    }

    private void take(Assignment assignment) {
        Delivery delivery = assignment.delivery();
        EventEnvelope envelope;
        try {
            envelope = delivery.envelope();
        } catch (AftercommitException malformed) {
            leaveToSomebody(assignment, malformed);
            return;
        }
        if (config.handlers().find(envelope) == null) {
            assignment.settled();
        } else {
            running.begin(assignment, new EventTransaction(config, delivery, envelope));
        }
    }

    /** Nobody knows whose it is, so that it could be parked. */
    private void leaveToSomebody(Assignment assignment, AftercommitException malformed) {
        long sequence = assignment.delivery().sequence();
        if (sequence <= state.settledUpTo()) {
            state.passedOver(1);
            assignment.settled();
            return;
        }
        Waiting waiting = new Waiting(
                Waiting.Reason.MALFORMED_MESSAGE,
                malformed.getMessage()
                        + " Find out who did. All events go on, but the checkpoint stays before it. To have it"
                        + " passed over, run: " + refusal.accept(sequence));
        if (state.oneWaits(waiting)) {
            LOG.warn("Consumer {}: a message waits. {}", config.identity(), waiting.message());
        }
        assignment.comeAgain(MALFORMED_COMES_AGAIN_AFTER);
    }

    /**
     * Lets the checkpoint follow what was acknowledged. That is asked before the stream is: where that still holds all that
     * came after the checkpoint, nothing was acknowledged by being removed.
     */
    private SharedProgress follow(DurableName shared) throws FeedLostException, SQLException {
        SharedProgress progress = broker.shared(shared).progress();
        Seen seen = checkpoint.load();
        Resumption.Place place = resumption.find(seen.at());
        if (!shared.equals(name(place.from(), seen))) {
            throw new FeedLostException("What was acknowledged is about another past than what is handled.");
        }
        boolean ignored = move(seen, place, upTo(progress.settledUpTo(), place.from()));
        state.isBehind(progress.left());
        return progress;
    }

    /** At the event that the stream holds there; where it holds none nobody could tell later that it is the same stream. */
    private Checkpoint upTo(long settled, Checkpoint from) {
        StoredEvent event = settled > from.sequence() ? broker.storedAt(settled) : null;
        OutboxPosition position = event == null ? null : event.position();
        if (event == null || position == null) {
            return from;
        }
        boolean isLater = from.position() == null || position.compareTo(from.position()) > 0;
        return isLater ? from.at(settled, position, event.eventId()) : from;
    }

    /** False when another instance has, so that this one has to look again. */
    private boolean move(Seen seen, Resumption.Place place, Checkpoint to) throws SQLException {
        if (to.equals(seen.at())) {
            state.at(to); // somebody may have accepted meanwhile that messages are not handled
            return true;
        }
        try {
            checkpoint.move(seen, to);
        } catch (CheckpointMovedException e) {
            LOG.debug("Consumer {}: another instance has moved the checkpoint", config.identity(), e);
            return false;
        }
        state.passedOver(place.gone());
        state.at(to);
        return true;
    }

    /** Servers have been seen to deliver nothing to a consumer that is alive. */
    private void requireNoSilence(SharedFeed opened, SharedProgress progress) throws FeedLostException {
        if (progress.waiting() == 0 || running.free() == 0 || !opened.expectsSome()) {
            quietSince = System.nanoTime();
        } else if (System.nanoTime() - quietSince > CHECK_SILENCE_AFTER.toNanos()) {
            throw new FeedLostException("The server delivers nothing although the stream holds more.");
        }
    }

    /** When nothing runs any more, so that the next start finds the checkpoint as far as it can be. */
    void settle() {
        DurableName shared = name;
        try {
            if (shared != null && broker.connected()) {
                SharedProgress progress = follow(shared);
                LOG.debug("Consumer {} ends, {} messages behind", config.identity(), progress.left());
            }
        } catch (FeedLostException | AftercommitException | SQLException e) {
            LOG.debug("Consumer {} ends where the checkpoint is", config.identity(), e);
        }
    }
}
