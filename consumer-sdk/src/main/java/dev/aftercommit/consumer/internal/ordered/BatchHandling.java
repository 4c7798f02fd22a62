package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.attempt.EventTransactions;
import dev.aftercommit.consumer.internal.attempt.FailedAttemptException;
import dev.aftercommit.consumer.internal.attempt.FailureKind;
import dev.aftercommit.consumer.internal.attempt.Selection;
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
            try {
                return commit(deliveries, from, stream);
            } catch (FailedAttemptException e) {
                LOG.debug("Consumer {}: a batch failed; its events follow one by one", config.identity(), e.getCause());
            }
        }
        Checkpoint reached = from;
        for (Delivery delivery : deliveries) {
            reached = untilItPasses(delivery, reached, stream);
        }
        return reached;
    }

    private Checkpoint untilItPasses(Delivery delivery, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException {
        if (delivery.sequence() != failingSequence) {
            failingSequence = delivery.sequence();
            failedAttempts = 0;
        }
        for (int conflicts = 1; ; conflicts++) {
            try {
                Checkpoint reached = commit(List.of(delivery), from, stream);
                passed(delivery);
                return reached;
            } catch (FailedAttemptException e) {
                if (e.isConflict()) {
                    signal.pause(config.backoff().after(conflicts, random), false);
                } else {
                    signal.pause(failed(delivery, e.failure()), false);
                }
            }
        }
    }

    private Checkpoint commit(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException, FailedAttemptException {
        signal.check();
        try {
            Selection selection = Selection.of(deliveries, from, stream);
            if (!selection.events().isEmpty()) {
                transactions.commit(selection, from);
            }
            state.committed(selection);
            return selection.to();
        } catch (CheckpointMovedException e) {
            throw e;
        } catch (Throwable failure) {
            signal.check();
            switch (FailureKind.of(failure)) {
                case DATABASE -> throw new DatabaseAwayException(failure);
                case CONFLICT -> throw new FailedAttemptException(failure, true);
                case ATTEMPT -> throw new FailedAttemptException(failure, false);
            }
            throw new IllegalStateException(failure);
        }
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
