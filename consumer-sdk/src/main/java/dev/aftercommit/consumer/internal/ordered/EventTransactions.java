package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.attempt.AnswerTimeout;
import dev.aftercommit.consumer.internal.attempt.DatabaseWork;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.RunningTransaction;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.handler.CallRange;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.handler.UnreadableEventException;
import dev.aftercommit.consumer.internal.parking.Aggregate;
import dev.aftercommit.consumer.internal.parking.HeldAggregates;
import dev.aftercommit.consumer.internal.parking.Parkable;
import dev.aftercommit.consumer.internal.parking.ParkedTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.contract.AftercommitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one partition: each moves its checkpoint. Used by one thread, except {@link #abort()}.
 */
final class EventTransactions {
    private final ConsumerConfig config;
    private final CheckpointTable checkpoints;
    private final ParkedTable parked;
    private final HeldAggregates held;
    private final int partition;
    private final Transactions transactions;

    EventTransactions(ConsumerConfig config, int partition) {
        this.config = config;
        this.checkpoints = new CheckpointTable(config.identity());
        this.parked = new ParkedTable(config.identity());
        this.held = new HeldAggregates(parked, partition);
        this.partition = partition;
        this.transactions = new Transactions(config.dataSource(), config.transactions());
    }

    /** Where to begin: reads the checkpoint, and then what is held back. */
    @Nullable
    Checkpoint begin() throws SQLException {
        try (Connection connection = config.dataSource().getConnection();
                AnswerTimeout bound = AnswerTimeout.over(connection)) {
            Checkpoint checkpoint = checkpoints.load(connection, partition);
            held.load(connection);
            return checkpoint;
        }
    }

    /**
     * Moves the checkpoint without an event: makes the first one, or follows the stream.
     *
     * @throws CheckpointMovedException when somebody else has moved it
     */
    void move(@Nullable Checkpoint from, Checkpoint to) throws SQLException, CheckpointMovedException {
        boolean moved = DatabaseWork.autoCommitted(config.dataSource(), connection -> {
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                return checkpoints.move(connection, partition, from, to);
            }
        });
        if (!moved) {
            throw new CheckpointMovedException(partition);
        }
    }

    /**
     * Handles events, or puts them behind those of their aggregates that are held back, and moves the checkpoint behind
     * them, in one transaction; without one where all of them were handled before. The checkpoint is locked first, so that a
     * second owner waits before its handlers have done anything, and moved last, so that a handler that ends the transaction
     * does not take it along.
     *
     * @param deliveries in the order of the stream, at least one
     */
    Outcome<Handled> handle(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream) {
        Selection selection;
        try {
            selection = Selection.of(deliveries, from, stream);
        } catch (AftercommitException malformed) {
            return new Outcome.Failed<>(malformed);
        }
        if (selection.events().isEmpty()) {
            return new Outcome.Committed<>(new Handled(selection.to(), List.of(), List.of(), selection.skipped()));
        }
        List<UnreadableEventException> passedOver = new ArrayList<>();
        Outcome<Handled> outcome = transactions.handle(transaction -> {
            Connection connection = transaction.connection();
            String id = lock(connection, from);
            transaction.begun(id, () -> config.handlers().names(selection.envelopes()));
            Handled handled = handle(selection, transaction, passedOver);
            transaction.finish(() -> moveLocked(connection, from, selection.to(), id));
            return handled;
        });
        if (outcome instanceof Outcome.Committed) {
            config.handlers().unreadable().passedOver(passedOver);
        }
        return outcome;
    }

    /**
     * Holds an event back whose transaction has failed, and moves the checkpoint behind it. Where its aggregate is held back
     * already no handler was called: it failed on its way into the queue, and waits behind the others.
     *
     * @param error in words
     */
    Outcome<Parked> park(Delivery delivery, Decision decision, String error, Checkpoint from, StreamIdentity stream) {
        Selection selection = Selection.of(List.of(delivery), from, stream);
        Parkable event = selection.events().getFirst().parkable();
        Outcome<Parked> outcome = transactions.run(connection -> {
            try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
                if (!checkpoints.move(connection, partition, from, selection.to())) {
                    throw new CheckpointMovedException(partition);
                }
                boolean isFirst =
                        held.among(connection, List.of(event.aggregate())).isEmpty();
                if (isFirst) {
                    parked.park(connection, event, decision, error);
                } else {
                    parked.follow(connection, event);
                }
                return new Parked(new Handled(selection.to(), List.of(), selection.events(), 0), isFirst);
            }
        });
        if (outcome instanceof Outcome.Committed) {
            held.add(event.aggregate());
        }
        return outcome;
    }

    private String lock(Connection connection, Checkpoint from) throws SQLException, CheckpointMovedException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            String transaction = checkpoints.lock(connection, partition, from, config.idleTransaction());
            if (transaction == null) {
                throw new CheckpointMovedException(partition);
            }
            return transaction;
        }
    }

    private boolean moveLocked(Connection connection, Checkpoint from, Checkpoint to, String transaction)
            throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return checkpoints.moveLocked(connection, partition, from, to, transaction);
        }
    }

    private Set<Aggregate> heldBack(Connection connection, Selection selection) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            return held.among(
                    connection,
                    selection.envelopes().stream().map(Aggregate::of).toList());
        }
    }

    private Handled handle(Selection selection, RunningTransaction running, List<UnreadableEventException> passedOver)
            throws Throwable {
        Connection connection = running.connection();
        Set<Aggregate> heldBack = heldBack(connection, selection);
        List<Selection.Event> free = new ArrayList<>(selection.events().size());
        List<Selection.Event> behind = new ArrayList<>();
        for (Selection.Event event : selection.events()) {
            if (heldBack.contains(Aggregate.of(event.envelope()))) {
                parked.follow(connection, event.parkable());
                behind.add(event);
            } else {
                free.add(event);
            }
        }
        call(free, running, passedOver);
        List<Selection.Event> handled = passedOver.isEmpty()
                ? free
                : free.stream()
                        .filter(event -> !UnreadableEventException.isAmong(passedOver, event.envelope()))
                        .toList();
        return new Handled(selection.to(), handled, behind, selection.skipped());
    }

    private void call(
            List<Selection.Event> events, RunningTransaction running, List<UnreadableEventException> passedOver)
            throws HandlerFailedException {
        HandlerTransaction transaction = new HandlerTransaction(running.connection());
        try {
            for (CallRange range : config.handlers()
                    .calls(events.stream().map(Selection.Event::envelope).toList())) {
                List<Selection.Event> together = range.of(events);
                try {
                    config.handlers()
                            .handle(
                                    together.stream()
                                            .map(Selection.Event::encoded)
                                            .toList(),
                                    transaction,
                                    passedOver::add);
                    running.requireOpen(() ->
                            config.handlers().names(List.of(together.getFirst().envelope())));
                } catch (Throwable failure) {
                    throw new HandlerFailedException(
                            together.stream().map(Selection.Event::delivery).toList(), failure);
                }
            }
        } finally {
            transaction.end();
        }
    }

    /** Cuts off the running transaction, from any thread; the database rolls it back. */
    void abort() {
        transactions.abort();
    }
}
