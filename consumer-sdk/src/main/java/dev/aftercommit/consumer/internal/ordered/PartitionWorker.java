package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.Refusal;
import dev.aftercommit.consumer.internal.checkpoint.Resumption;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Broker;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.EventFeed;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.consumer.internal.worker.ReadingThread;
import dev.aftercommit.contract.AftercommitException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles one owned partition on a thread of its own: from the checkpoint on, and from the checkpoint again after
 * whatever went wrong, until it is stopped or somebody else has moved the checkpoint.
 */
public final class PartitionWorker implements ReadingThread.Reading {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionWorker.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration CHECK_SILENCE_AFTER = Duration.ofSeconds(10);

    private final ConsumerConfig config;
    private final Broker broker;
    private final PartitionState state;
    private final Resumption resumption;
    private final EventTransactions transactions;
    private final BatchHandling handling;
    private final StopSignal signal = new StopSignal();
    private final ReadingThread thread;
    private volatile @Nullable EventFeed feed;
    private volatile boolean anew;

    /**
     * @param partitions how many the stream has
     * @param tell takes what concerns every partition alike
     * @param parked is told when something was parked that will be tried again
     */
    public PartitionWorker(
            ConsumerConfig config,
            Broker broker,
            PartitionState state,
            int partitions,
            Consumer<String> tell,
            Runnable parked) {
        this.config = config;
        this.broker = broker;
        this.state = state;
        this.resumption = new Resumption(
                broker,
                partitions,
                Refusal.ofPartition(config.identity(), state.name()),
                config.reading().passesOverGone(),
                tell);
        this.transactions = new EventTransactions(config, state.partition());
        this.handling = new BatchHandling(config, transactions, state, signal, parked, broker::holds);
        this.thread = new ReadingThread(
                "aftercommit-" + config.identity().consumer() + '-' + state.name(),
                "Consumer " + config.identity() + ": partition " + state.name(),
                signal,
                this);
    }

    public void start() {
        state.own(true);
        thread.start();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Asks it to end after the transaction that runs now. */
    public void stop() {
        signal.stop();
        wakeFeed();
    }

    /** Makes it look at the connection now. */
    public void wake() {
        signal.wake();
        wakeFeed();
    }

    /** Makes it begin again at the checkpoint, which may have been set. */
    public void beginAnew() {
        anew = true;
        wake();
    }

    /** Waits for its end; false when it did not come in time. */
    public boolean join(Duration timeout) {
        return thread.join(timeout);
    }

    /** Cuts off what it does now. It must have been stopped before. */
    public void abort() {
        transactions.abort();
        thread.interrupt();
    }

    private void wakeFeed() {
        EventFeed current = feed;
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
        state.own(false);
    }

    @Override
    public void read()
            throws StoppedException, CheckpointMovedException, FeedLostException, DatabaseAwayException, SQLException,
                    InterruptedException {
        long generation = broker.generation();
        anew = false;
        Checkpoint stored = transactions.begin();
        state.at(stored);
        Resumption.Place place = resumption.find(stored);
        if (stored != null && !place.from().equals(stored)) {
            move(stored, place.from());
            state.passedOver(place.gone());
            stored = place.from();
        }
        List<String> subjects = config.handlers().subjects(config.identity().source(), state.partition());
        try (EventFeed opened = broker.feed(subjects, place.from().sequence() + 1)) {
            feed = opened;
            FeedWatch watch = new FeedWatch(broker, opened, subjects, place, CHECK_SILENCE_AFTER);
            state.goOn();
            state.opened(opened.pending());
            read(opened, watch, stored, generation);
        } finally {
            feed = null;
        }
    }

    private void read(EventFeed opened, FeedWatch watch, @Nullable Checkpoint from, long generation)
            throws StoppedException, CheckpointMovedException, FeedLostException, DatabaseAwayException, SQLException,
                    InterruptedException {
        Checkpoint reached = from;
        try {
            while (broker.generation() == generation && !anew) {
                signal.check();
                List<Delivery> deliveries = opened.next(ConsumerConfig.MAX_BATCH, PATIENCE);
                if (deliveries.isEmpty()) {
                    reached = follow(reached, watch.quiet(reached));
                    continue;
                }
                state.isBehind(Backlog.with(deliveries, opened.pending()));
                watch.arrived(deliveries);
                if (reached == null) { // what came to a consumer must not be passed over any more, handled or not
                    reached = Checkpoint.before(deliveries.getFirst().sequence(), watch.identity());
                    move(null, reached);
                }
                reached = handling.handle(deliveries, reached, watch.identity());
                watch.handled(deliveries);
                state.isBehind(Backlog.after(deliveries, opened.pending()));
                thread.progressed();
            }
        } catch (StoppedException e) {
            settle(watch, reached);
            throw e;
        }
    }

    /** So that the next start finds the checkpoint where the stream is now, whatever the stream's limits do meanwhile. */
    private void settle(FeedWatch watch, @Nullable Checkpoint reached) {
        try {
            follow(reached, watch.settle(reached));
        } catch (CheckpointMovedException | FeedLostException | AftercommitException | SQLException e) {
            LOG.debug("Consumer {}: partition {} ends where it is", config.identity(), state.name(), e);
        }
    }

    private @Nullable Checkpoint follow(@Nullable Checkpoint reached, @Nullable Checkpoint next)
            throws SQLException, CheckpointMovedException {
        if (next == null) {
            return reached;
        }
        move(reached, next);
        return next;
    }

    private void move(@Nullable Checkpoint from, Checkpoint to) throws SQLException, CheckpointMovedException {
        transactions.move(from, to);
        state.at(to);
    }
}
