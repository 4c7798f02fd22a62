package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.attempt.EventTransactions;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles deliveries of one partition in order: together if they can be, else one by one, and the one that fails again
 * and again until it passes. Used by one thread.
 */
final class BatchHandling {
    private static final Logger LOG = LoggerFactory.getLogger(BatchHandling.class);
    private static final int TELL_EVERY = 10;

    private final ConsumerConfig config;
    private final EventTransactions transactions;
    private final PartitionState state;
    private final StopSignal signal;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private long failingSequence;
    private int failedAttempts;

    BatchHandling(ConsumerConfig config, EventTransactions transactions, PartitionState state, StopSignal signal) {
        this.config = config;
        this.transactions = transactions;
        this.state = state;
        this.signal = signal;
    }

    /**
     * Returns the checkpoint after all of them.
     *
     * @throws DatabaseAwayException when the database has to come back first; what was committed has to be looked up
     */
    Checkpoint handle(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException {
        if (deliveries.size() > 1 && failedAttempts == 0) {
            switch (attempt(deliveries, from, stream)) {
                case Outcome.Committed committed -> {
                    return committed.selection().to();
                }
                case Outcome.Failed failed -> tellOfBatch(failed.failure());
                case Outcome.Conflict conflict -> tellOfBatch(conflict.failure());
                case Outcome.DatabaseAway away -> throw new DatabaseAwayException(away.failure());
                case Outcome.OwnerChanged changed -> throw changed.how();
            }
        }
        Checkpoint reached = from;
        for (Delivery delivery : deliveries) {
            reached = untilItPasses(delivery, reached, stream);
        }
        return reached;
    }

    private void tellOfBatch(Throwable failure) {
        LOG.debug("Consumer {}: a batch failed; its events follow one by one", config.identity(), failure);
    }

    private Checkpoint untilItPasses(Delivery delivery, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException {
        if (delivery.sequence() != failingSequence) {
            failingSequence = delivery.sequence();
            failedAttempts = 0;
        }
        for (int conflicts = 1; ; conflicts++) {
            switch (attempt(List.of(delivery), from, stream)) {
                case Outcome.Committed committed -> {
                    passed(delivery);
                    return committed.selection().to();
                }
                case Outcome.Failed failed -> signal.pause(failed(delivery, failed.failure()), false);
                case Outcome.Conflict conflict -> signal.pause(config.backoff().after(conflicts, random), false);
                case Outcome.DatabaseAway away -> throw new DatabaseAwayException(away.failure());
                case Outcome.OwnerChanged changed -> throw changed.how();
            }
        }
    }

    private Outcome attempt(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream) throws StoppedException {
        signal.check();
        Outcome outcome = transactions.handle(deliveries, from, stream);
        if (outcome instanceof Outcome.Committed committed) {
            state.committed(committed.selection());
        } else if (!(outcome instanceof Outcome.OwnerChanged)) {
            signal.check(); // whoever stops it may have cut off the transaction
        }
        return outcome;
    }

    private Duration failed(Delivery delivery, Throwable failure) {
        failedAttempts++;
        Duration pause = config.backoff().after(failedAttempts, random);
        FailingEvent event = FailingEvent.of(delivery, config.handlers(), failure, failedAttempts);
        state.attemptFailed(event.waitingUntil(Instant.now().plus(pause)));
        if (config.backoff().growsAt(failedAttempts) || failedAttempts % TELL_EVERY == 0) {
            LOG.warn(
                    "Consumer {}: {}. Attempt {}; the next one is in {} ms, and partition {} waits for it",
                    config.identity(),
                    event.what(),
                    failedAttempts,
                    pause.toMillis(),
                    state.name());
        }
        LOG.debug("Consumer {}: attempt {} failed", config.identity(), failedAttempts, failure);
        return pause;
    }

    private void passed(Delivery delivery) {
        if (failedAttempts > 0) {
            LOG.info(
                    "Consumer {}: event {} passed at attempt {}; partition {} goes on",
                    config.identity(),
                    delivery.eventId(),
                    failedAttempts + 1,
                    state.name());
            failedAttempts = 0;
        }
    }
}
