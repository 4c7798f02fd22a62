package dev.aftercommit.consumer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles one owned partition on a thread of its own: from the checkpoint on, and from the checkpoint again after
 * whatever went wrong, until it is stopped or somebody else has moved the checkpoint.
 */
final class PartitionWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionWorker.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);
    private static final Duration CHECK_SILENCE_AFTER = Duration.ofSeconds(10);

    private final ConsumerConfig config;
    private final Broker broker;
    private final PartitionState state;
    private final int partitions;
    private final EventTransactions transactions;
    private final BatchHandling handling;
    private final StopSignal signal = new StopSignal();
    private final Thread thread;
    private volatile @Nullable EventFeed feed;
    private Duration retry = FIRST_RETRY;

    PartitionWorker(ConsumerConfig config, Broker broker, PartitionState state, int partitions) {
        this.config = config;
        this.broker = broker;
        this.state = state;
        this.partitions = partitions;
        this.transactions = new EventTransactions(config, state.partition());
        this.handling = new BatchHandling(config, transactions, state, signal);
        this.thread = Thread.ofVirtual()
                .name("aftercommit-" + config.identity().consumer() + '-' + state.name())
                .unstarted(this::run);
    }

    void start() {
        state.own(true);
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Asks it to end after the transaction that runs now. */
    void stop() {
        signal.stop();
        wakeFeed();
    }

    /** Makes it look at the connection now. */
    void wake() {
        signal.wake();
        wakeFeed();
    }

    /** Waits for its end; false when it did not come in time. */
    boolean join(Duration timeout) {
        try {
            return thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Cuts off what it does now. It must have been stopped before. */
    void abort() {
        transactions.abort();
        thread.interrupt();
    }

    private void wakeFeed() {
        EventFeed current = feed;
        if (current != null) {
            current.wake();
        }
    }

    private void run() {
        try {
            while (true) {
                signal.check();
                consumeOnce();
            }
        } catch (StoppedException e) {
            LOG.debug("Consumer {}: partition {} stopped", config.identity(), state.name());
        } catch (CheckpointMovedException e) {
            LOG.warn(
                    "Consumer {}: another instance has moved the checkpoint of partition {}; this one lets it go",
                    config.identity(),
                    state.name());
        } catch (Throwable bug) {
            LOG.error("Consumer {}: partition {} failed; it starts again", config.identity(), state.name(), bug);
        } finally {
            state.own(false);
        }
    }

    /** Until something is lost; then says what it waits for and pauses. */
    private void consumeOnce() throws StoppedException, CheckpointMovedException {
        Waiting waiting;
        try {
            consume();
            return;
        } catch (FeedLostException e) {
            LOG.debug("Consumer {}: partition {} reads on anew", config.identity(), state.name(), e);
            waiting = e.waiting();
        } catch (AftercommitException e) {
            LOG.debug("Consumer {}: partition {} waits", config.identity(), state.name(), e);
            waiting = Waiting.on(reason(e), String.valueOf(e.getMessage()));
        } catch (DatabaseAwayException | SQLException e) {
            LOG.debug("Consumer {}: partition {} waits for the database", config.identity(), state.name(), e);
            waiting = Waiting.on(Waiting.Reason.DATABASE_UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new StoppedException();
        }
        state.waitFor(waiting);
        signal.pause(retry, true);
        retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
    }

    /** Returns when the connection was lost or has come back. */
    private void consume()
            throws StoppedException, CheckpointMovedException, FeedLostException, DatabaseAwayException, SQLException,
                    InterruptedException {
        long generation = broker.generation();
        StreamState stream = requireStream();
        Checkpoint checkpoint = transactions.checkpoint();
        state.at(checkpoint);
        List<String> subjects = config.handlers().subjects(config.identity().source(), state.partition());
        try (EventFeed opened = broker.feed(subjects, start(checkpoint, stream))) {
            feed = opened;
            state.goOn();
            FeedWatch watch = new FeedWatch(broker, opened, subjects, CHECK_SILENCE_AFTER);
            while (broker.generation() == generation) {
                signal.check();
                List<Delivery> deliveries = opened.next(ConsumerConfig.MAX_BATCH, PATIENCE);
                if (!deliveries.isEmpty()) {
                    checkpoint = handling.handle(deliveries, checkpoint, stream.identity());
                    retry = FIRST_RETRY;
                }
                watch.saw(deliveries.size());
            }
        } finally {
            feed = null;
        }
    }

    private StreamState requireStream() throws FeedLostException {
        StreamState stream = broker.stream();
        if (stream == null) {
            throw FeedLostException.streamGone();
        }
        if (stream.partitions() != partitions) {
            throw new AftercommitException(
                    ErrorCode.STREAM_MISMATCH,
                    "The stream has " + stream.partitions() + " partitions, and had " + partitions
                            + " when the consumer was started. Recreate it with as many as before.");
        }
        return stream;
    }

    private long start(@Nullable Checkpoint checkpoint, StreamState stream) {
        OutboxPosition atCheckpoint = null;
        if (checkpoint != null) {
            stream.requirePartitionsOf(List.of(checkpoint.stream()));
            atCheckpoint = checkpoint.sequence() > 0 ? broker.positionAt(checkpoint.sequence()) : null;
        }
        StartPoint start = StartPoint.of(checkpoint, stream, atCheckpoint);
        if (start.surprise() != null) {
            LOG.warn(
                    "Consumer {}: {}. Partition {} reads it from its first message and skips what it has handled",
                    config.identity(),
                    start.surprise(),
                    state.name());
        }
        return start.sequence();
    }

    private static Waiting.Reason reason(AftercommitException e) {
        return switch (e.code()) {
            case STREAM_MISMATCH -> Waiting.Reason.STREAM_MISMATCH;
            case MALFORMED_MESSAGE -> Waiting.Reason.MALFORMED_MESSAGE;
            default -> Waiting.Reason.BROKER_UNAVAILABLE;
        };
    }
}
