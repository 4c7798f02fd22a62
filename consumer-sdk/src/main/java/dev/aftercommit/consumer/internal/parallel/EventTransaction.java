package dev.aftercommit.consumer.internal.parallel;

import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.RunningTransaction;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.checkpoint.ProcessedTable;
import dev.aftercommit.consumer.internal.handler.EncodedEvent;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.parking.Parkable;
import dev.aftercommit.consumer.internal.parking.ParkedTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one event: in each it is locked, then handled or parked, and then noted as processed, unless it was
 * before. Used by one thread, except {@link #abort()}.
 */
final class EventTransaction {
    private final ConsumerConfig config;
    private final Delivery delivery;
    private final EventEnvelope envelope;
    private final ProcessedTable processed;
    private final ParkedTable parked;
    private final Transactions transactions;

    EventTransaction(ConsumerConfig config, Delivery delivery, EventEnvelope envelope) {
        this.config = config;
        this.delivery = delivery;
        this.envelope = envelope;
        this.processed = new ProcessedTable(config.identity());
        this.parked = new ParkedTable(config.identity());
        this.transactions = new Transactions(config.dataSource(), config.transactions());
    }

    /** What a transaction has brought. */
    enum Effect {
        HANDLED,
        PARKED,
        /** It cannot be read and is passed over. */
        PASSED_OVER,
        /** Nothing: it was handled or parked before. */
        KNOWN,
        /** Nothing: another instance has it in hand, or has had it when its connection fell silent. */
        ELSEWHERE
    }

    EventEnvelope envelope() {
        return envelope;
    }

    Outcome<Effect> handle() {
        List<UnreadableEventException> passedOver = new ArrayList<>(1);
        Outcome<Effect> outcome = transactions.handle(running -> {
            Connection connection = running.connection();
            String transaction = lock(connection);
            if (transaction == null) {
                return Effect.ELSEWHERE;
            }
            if (knows(connection)) {
                return Effect.KNOWN;
            }
            running.begun(transaction, this::handlerName);
            call(running, passedOver);
            running.finish(() -> note(connection, transaction));
            return passedOver.isEmpty() ? Effect.HANDLED : Effect.PASSED_OVER;
        });
        if (outcome instanceof Outcome.Committed) {
            config.handlers().unreadable().passedOver(passedOver);
        }
        return outcome;
    }

    /**
     * Holds the event back, since its first attempt has failed.
     *
     * @param error in words
     */
    Outcome<Effect> park(Decision decision, String error) {
        return transactions.run(connection -> {
            String transaction = lock(connection);
            if (transaction == null) {
                return Effect.ELSEWHERE;
            }
            if (knows(connection)) {
                return Effect.KNOWN;
            }
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                parked.park(
                        connection,
                        new Parkable(envelope, delivery.sequence(), delivery.headers(), delivery.payload()),
                        decision,
                        error);
            }
            if (!note(connection, transaction)) {
                throw new IllegalStateException("Another transaction runs than the one that was begun.");
            }
            return Effect.PARKED;
        });
    }

    private String handlerName() {
        return config.handlers().names(List.of(envelope));
    }

    private @Nullable String lock(Connection connection) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return processed.lock(connection, envelope.eventId(), config.idleTransaction());
        }
    }

    /** By a statement of its own behind the lock, which sees what whoever had it before has committed. */
    private boolean knows(Connection connection) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return processed.knows(connection, envelope.eventId(), envelope.position());
        }
    }

    private boolean note(Connection connection, String transaction) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return processed.add(connection, envelope.eventId(), envelope.position(), transaction);
        }
    }

    private void call(RunningTransaction running, List<UnreadableEventException> passedOver) throws Throwable {
        HandlerTransaction transaction = new HandlerTransaction(running.connection());
        try {
            config.handlers()
                    .handle(List.of(new EncodedEvent(envelope, delivery.payload())), transaction, passedOver::add);
            running.requireOpen(this::handlerName);
        } finally {
            transaction.end();
        }
    }

    /** Cuts off the running transaction, from any thread; the database rolls it back. */
    void abort() {
        transactions.abort();
    }
}
