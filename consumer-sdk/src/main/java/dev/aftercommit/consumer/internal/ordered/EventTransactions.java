package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.attempt.FailurePolicy.Decision;
import dev.aftercommit.consumer.internal.attempt.Outcome;
import dev.aftercommit.consumer.internal.attempt.Transactions;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
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
        this.transactions = new Transactions(config.dataSource());
    }

    /** Where to begin: reads the checkpoint, and then what is held back. */
    @Nullable
    Checkpoint begin() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
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
        try (Connection connection = config.dataSource().getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            boolean moved = checkpoints.move(connection, partition, from, to);
            connection.setAutoCommit(autoCommit);
            if (!moved) {
                throw new CheckpointMovedException(partition);
            }
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
            return new Outcome.Committed<>(new Handled(selection.to(), 0, 0, selection.skipped()));
        }
        List<UnreadableEventException> passedOver = new ArrayList<>();
        Outcome<Handled> outcome = transactions.run(connection -> {
            String transaction = checkpoints.lock(connection, partition, from, config.idleTransaction());
            if (transaction == null) {
                throw new CheckpointMovedException(partition);
            }
            int behind = handle(selection, connection, passedOver);
            if (!checkpoints.moveLocked(connection, partition, from, selection.to(), transaction)) {
                throw Transactions.endedByHandler();
            }
            int handled = selection.events().size() - behind - passedOver.size();
            return new Handled(selection.to(), handled, behind, selection.skipped());
        });
        if (outcome instanceof Outcome.Committed) {
            config.handlers().unreadable().passedOver(passedOver);
        }
        return outcome;
    }

    /**
     * Holds an event back whose first attempt has failed, and moves the checkpoint behind it.
     *
     * @param error in words
     */
    Outcome<Handled> park(Delivery delivery, Decision decision, String error, Checkpoint from, StreamIdentity stream) {
        Selection selection = Selection.of(List.of(delivery), from, stream);
        Parkable event = selection.events().getFirst().parkable();
        Outcome<Handled> outcome = transactions.run(connection -> {
            if (!checkpoints.move(connection, partition, from, selection.to())) {
                throw new CheckpointMovedException(partition);
            }
            parked.park(connection, event, decision, error);
            return new Handled(selection.to(), 0, 1, 0);
        });
        if (outcome instanceof Outcome.Committed) {
            held.add(event.aggregate());
        }
        return outcome;
    }

    /** Returns how many were put behind others. */
    private int handle(Selection selection, Connection connection, List<UnreadableEventException> passedOver)
            throws Throwable {
        Set<Aggregate> heldBack = held.among(
                connection,
                selection.events().stream()
                        .map(event -> Aggregate.of(event.envelope()))
                        .toList());
        int behind = 0;
        HandlerTransaction transaction = new HandlerTransaction(connection);
        try {
            for (Selection.Event event : selection.events()) {
                if (heldBack.contains(Aggregate.of(event.envelope()))) {
                    parked.follow(connection, event.parkable());
                    behind++;
                } else {
                    handle(event, transaction, passedOver);
                }
            }
        } finally {
            transaction.end();
        }
        return behind;
    }

    private void handle(
            Selection.Event event, HandlerTransaction transaction, List<UnreadableEventException> passedOver)
            throws HandlerFailedException {
        try {
            config.handlers().handle(event.envelope(), event.delivery().payload(), transaction, passedOver::add);
        } catch (Throwable failure) {
            throw new HandlerFailedException(event.delivery(), failure);
        }
    }

    /** Cuts off the running transaction, from any thread; the database rolls it back. */
    void abort() {
        transactions.abort();
    }
}
