package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.UnreadablePolicy;
import dev.aftercommit.consumer.Waiting;
import dev.aftercommit.consumer.internal.attempt.DatabaseAwayException;
import dev.aftercommit.consumer.internal.attempt.FailedEvent;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.lifecycle.StopSignal;
import dev.aftercommit.consumer.internal.lifecycle.StoppedException;
import dev.aftercommit.consumer.internal.parallel.EventTransaction.Effect;
import dev.aftercommit.consumer.internal.parking.FirstFailure;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.contract.EventEnvelope;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles one event, or parks it when its handler fails, and says what JetStream is to be told. Thread-safe. */
final class EventHandling {
    private static final Logger LOG = LoggerFactory.getLogger(EventHandling.class);
    private static final Answer SETTLED = new Answer.Settled();
    private static final Answer LATER = new Answer.ComeAgain(Duration.ofSeconds(5));

    private final ConsumerConfig config;
    private final ParallelState state;
    private final StopSignal signal;
    private final Runnable parked;

    /**
     * @param parked is told when something was parked that will be tried again
     */
    EventHandling(ConsumerConfig config, ParallelState state, StopSignal signal, Runnable parked) {
        this.config = config;
        this.state = state;
        this.signal = signal;
        this.parked = parked;
    }

    /**
     * Returns what becomes of the message.
     *
     * @param sequence of its message
     * @throws DatabaseAwayException when the database has to come back first; the message has to come again
     */
    Answer handle(EventTransaction transaction, long sequence) throws StoppedException, DatabaseAwayException {
        for (int conflicts = 1; ; conflicts++) {
            signal.check();
            Outcome<Effect> outcome = transaction.handle();
            switch (outcome) {
                case Outcome.Committed<Effect>(Effect effect) -> {
                    return answer(effect, transaction.envelope());
                }
                case Outcome.Failed<Effect>(Throwable failure) -> {
                    signal.check(); // whoever stops it may have cut off the transaction
                    return failed(transaction, sequence, failure);
                }
                case Outcome.Conflict<Effect>(Throwable other) -> pause(conflicts);
                case Outcome.DatabaseAway<Effect>(Throwable away) -> throw away(away);
                case Outcome.OwnerChanged<Effect>(Throwable how) -> throw away(how);
            }
        }
    }

    private Answer failed(EventTransaction transaction, long sequence, Throwable failure)
            throws StoppedException, DatabaseAwayException {
        EventEnvelope envelope = transaction.envelope();
        FailedEvent failed =
                new FailedEvent(envelope, sequence, config.handlers().find(envelope), failure);
        if (failure instanceof UnreadableEventException
                && config.handlers().unreadable().policy() == UnreadablePolicy.WAIT) {
            Waiting waiting = new Waiting(Waiting.Reason.EVENT_UNREADABLE, "The " + failed.what() + ".");
            if (state.oneWaits(waiting)) {
                LOG.warn("Consumer {}: an event waits, all others go on. {}", config.identity(), waiting.message());
            }
            return LATER;
        }
        return park(transaction, failed);
    }

    private Answer park(EventTransaction transaction, FailedEvent failed)
            throws StoppedException, DatabaseAwayException {
        FirstFailure first = FirstFailure.of(failed, config, RandomGenerator.getDefault());
        state.attemptFailed();
        for (int conflicts = 1; ; conflicts++) {
            signal.check();
            switch (transaction.park(first.decision(), failed.error())) {
                case Outcome.Committed<Effect>(Effect effect) -> {
                    if (effect == Effect.PARKED) {
                        first.tell(config);
                        parked.run();
                    }
                    return answer(effect, failed.envelope());
                }
                case Outcome.Conflict<Effect>(Throwable other) -> pause(conflicts);
                case Outcome.Failed<Effect>(Throwable unable) -> throw away(unable);
                case Outcome.DatabaseAway<Effect>(Throwable away) -> throw away(away);
                case Outcome.OwnerChanged<Effect>(Throwable how) -> throw away(how);
            }
        }
    }

    private Answer answer(Effect effect, EventEnvelope envelope) {
        return switch (effect) {
            case HANDLED -> {
                state.handled(envelope);
                yield SETTLED;
            }
            case PARKED -> {
                state.parked(envelope);
                yield SETTLED;
            }
            case KNOWN -> {
                state.skipped(envelope);
                yield SETTLED;
            }
            case PASSED_OVER -> SETTLED;
            case ELSEWHERE -> LATER;
        };
    }

    private void pause(int conflicts) throws StoppedException {
        signal.pause(config.retry().backoff().after(conflicts, RandomGenerator.getDefault()), false);
    }

    private DatabaseAwayException away(Throwable cause) throws StoppedException {
        signal.check(); // whoever stops it may have cut off the transaction
        return new DatabaseAwayException(cause);
    }
}
