package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.UnreadablePolicy;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointBusyException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.parking.FirstFailure;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.FeedLostException;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles deliveries of one partition in order: together if they can be, else those before the one that fails, then that one
 * alone, which is parked if it fails again, then the others. Used by one thread.
 */
final class BatchHandling {
    private static final Logger LOG = LoggerFactory.getLogger(BatchHandling.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final ConsumerConfig config;
    private final EventTransactions transactions;
    private final PartitionState state;
    private final StopSignal signal;
    private final Runnable parked;
    private final LongPredicate stored;
    private final RandomGenerator random = RandomGenerator.getDefault();

    /**
     * @param parked is told when something was parked that will be tried again
     * @param stored whether the stream still holds a message
     */
    BatchHandling(
            ConsumerConfig config,
            EventTransactions transactions,
            PartitionState state,
            StopSignal signal,
            Runnable parked,
            LongPredicate stored) {
        this.config = config;
        this.transactions = transactions;
        this.state = state;
        this.signal = signal;
        this.parked = parked;
        this.stored = stored;
    }

    /**
     * Returns the checkpoint after all of them.
     *
     * @throws DatabaseAwayException when the database has to come back first; what was committed has to be looked up
     * @throws FeedLostException when an event that it waited for is gone from the stream, and what follows must not be handled
     */
    Checkpoint handle(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException, FeedLostException {
        Checkpoint reached = from;
        int next = 0;
        while (next < deliveries.size()) {
            List<Delivery> rest = deliveries.subList(next, deliveries.size());
            if (rest.size() == 1) {
                return handle(rest.getFirst(), reached, stream);
            }
            Outcome<Handled> outcome = attempt(rest, reached, stream);
            if (outcome instanceof Outcome.Committed<Handled>(Handled handled)) {
                return handled.to();
            }
            BatchSplit split = split(outcome, rest);
            reached = handle(rest.subList(0, split.together()), reached, stream);
            for (Delivery delivery : rest.subList(split.together(), split.size())) {
                reached = handle(delivery, reached, stream);
            }
            next += split.size();
        }
        return reached;
    }

    private BatchSplit split(Outcome<Handled> outcome, List<Delivery> deliveries)
            throws CheckpointMovedException, DatabaseAwayException {
        return switch (outcome) {
            case Outcome.Committed<Handled> committed -> new BatchSplit(deliveries.size(), 0);
            case Outcome.Failed<Handled>(Throwable failure) ->
                tellOfBatch(failure, BatchSplit.after(failure, deliveries));
            case Outcome.Conflict<Handled>(Throwable failure) -> tellOfBatch(failure, BatchSplit.afterConflict());
            case Outcome.DatabaseAway<Handled>(Throwable failure) -> throw new DatabaseAwayException(failure);
            case Outcome.OwnerChanged<Handled>(CheckpointMovedException how) -> throw how;
        };
    }

    private BatchSplit tellOfBatch(Throwable failure, BatchSplit split) {
        LOG.debug(
                "Consumer {}: a batch failed; {} are handled together, then {} alone",
                config.identity(),
                split.together(),
                split.alone(),
                failure);
        return split;
    }

    private Checkpoint handle(Delivery delivery, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException, FeedLostException {
        for (int conflicts = 1; ; conflicts++) {
            switch (attempt(List.of(delivery), from, stream)) {
                case Outcome.Committed<Handled>(Handled handled) -> {
                    return handled.to();
                }
                case Outcome.Failed<Handled>(Throwable failure) -> {
                    EventEnvelope envelope = envelope(delivery);
                    if (envelope == null) {
                        waitForMalformed(failure);
                        if (!stored.test(delivery.sequence())) {
                            return leaveBehind(delivery, from, stream);
                        }
                        move(from, from); // somebody may have moved it behind the message
                    } else if (waitsFor(reason(failure))) {
                        waitForReadable(failedEvent(delivery, envelope, reason(failure)));
                        requireStored(delivery);
                    } else {
                        return park(failedEvent(delivery, envelope, reason(failure)), delivery, from, stream);
                    }
                }
                case Outcome.Conflict<Handled>(Throwable failure) -> pause(failure, conflicts);
                case Outcome.DatabaseAway<Handled>(Throwable failure) -> throw new DatabaseAwayException(failure);
                case Outcome.OwnerChanged<Handled>(CheckpointMovedException how) -> throw how;
            }
        }
    }

    private FailedEvent failedEvent(Delivery delivery, EventEnvelope envelope, Throwable failure) {
        return new FailedEvent(envelope, delivery.sequence(), config.handlers().find(envelope), failure);
    }

    private Checkpoint park(FailedEvent failed, Delivery delivery, Checkpoint from, StreamIdentity stream)
            throws StoppedException, CheckpointMovedException, DatabaseAwayException {
        FirstFailure first = FirstFailure.of(failed, config, random);
        for (int conflicts = 1; ; conflicts++) {
            signal.check();
            switch (watched(() -> transactions.park(delivery, first.decision(), failed.error(), from, stream))) {
                case Outcome.Committed<Parked>(Parked(Handled handled, boolean isFirst)) -> {
                    state.committed(handled);
                    if (isFirst) {
                        state.attemptFailed();
                        first.tell(config);
                    }
                    parked.run();
                    return handled.to();
                }
                case Outcome.Conflict<Parked>(Throwable other) -> pause(other, conflicts);
                case Outcome.Failed<Parked>(Throwable unable) -> throw new DatabaseAwayException(unable);
                case Outcome.DatabaseAway<Parked>(Throwable away) -> throw new DatabaseAwayException(away);
                case Outcome.OwnerChanged<Parked>(CheckpointMovedException how) -> throw how;
            }
        }
    }

    private static Throwable reason(Throwable failure) {
        return failure instanceof HandlerFailedException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private Outcome<Handled> attempt(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream)
            throws StoppedException {
        signal.check();
        Outcome<Handled> outcome = watched(() -> transactions.handle(deliveries, from, stream));
        if (outcome instanceof Outcome.Committed<Handled>(Handled handled)) {
            state.committed(handled);
        } else if (!(outcome instanceof Outcome.OwnerChanged)) {
            signal.check(); // whoever stops it may have cut off the transaction
        }
        return outcome;
    }

    /** So that it is seen from outside how long it runs, and what it waits for. */
    private <T> Outcome<T> watched(Supplier<Outcome<T>> transaction) {
        state.transaction().begins();
        try {
            Outcome<T> outcome = transaction.get();
            if (outcome instanceof Outcome.Conflict<T>(CheckpointBusyException busy)) {
                state.waitFor(new Waiting(Waiting.Reason.DATABASE_UNAVAILABLE, String.valueOf(busy.getMessage())));
            }
            return outcome;
        } finally {
            state.transaction().ends();
        }
    }

    private void pause(Throwable conflict, int conflicts) throws StoppedException {
        if (conflict instanceof CheckpointBusyException) {
            return; // that was a wait
        }
        signal.pause(config.retry().backoff().after(conflicts, random), false);
    }

    /** Nobody knows whose it is, so that it could be parked. */
    private void waitForMalformed(Throwable failure) throws StoppedException {
        state.waitFor(new Waiting(
                Waiting.Reason.MALFORMED_MESSAGE,
                failure.getMessage()
                        + " Find out who did, and delete it from the stream: then the partition goes on behind it."));
        signal.pause(LOOK_AGAIN, true);
    }

    private boolean waitsFor(Throwable reason) {
        return reason instanceof UnreadableEventException
                && config.handlers().unreadable().policy() == UnreadablePolicy.WAIT;
    }

    private void waitForReadable(FailedEvent failed) throws StoppedException {
        Waiting waiting = new Waiting(Waiting.Reason.EVENT_UNREADABLE, "The " + failed.what() + ".");
        if (!waiting.equals(state.waiting())) {
            LOG.warn("Consumer {}: partition {} waits. {}", config.identity(), state.name(), waiting.message());
        }
        state.waitFor(waiting);
        signal.pause(LOOK_AGAIN, true);
    }

    /** One that expired, was purged, or that a stream made again does not hold yet, is missed like any other event. */
    private void requireStored(Delivery event) throws FeedLostException {
        if (!stored.test(event.sequence())) {
            throw new FeedLostException("The event that partition " + state.name() + " waited for is gone.");
        }
    }

    /** It was no event of the source; somebody has decided it by deleting the message, so that its absence is accepted. */
    private Checkpoint leaveBehind(Delivery malformed, Checkpoint from, StreamIdentity stream)
            throws CheckpointMovedException, DatabaseAwayException {
        Checkpoint behind = from.in(stream).accepting(malformed.sequence());
        move(from, behind);
        state.passedOver(1);
        LOG.warn(
                "Consumer {}: the malformed message at sequence {} was deleted; partition {} goes on behind it",
                config.identity(),
                malformed.sequence(),
                state.name());
        return behind;
    }

    private void move(Checkpoint from, Checkpoint to) throws CheckpointMovedException, DatabaseAwayException {
        try {
            transactions.move(from, to);
        } catch (SQLException e) {
            throw new DatabaseAwayException(e);
        }
    }

    private static @Nullable EventEnvelope envelope(Delivery delivery) {
        try {
            return delivery.envelope();
        } catch (AftercommitException malformed) {
            return null;
        }
    }
}
