package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.handler.HandlerTransaction;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The transactions of one partition. Used by one thread, except {@link #abort()}. */
public final class EventTransactions {
    private final ConsumerConfig config;
    private final CheckpointTable checkpoints;
    private final int partition;
    private final AtomicReference<@Nullable Connection> running = new AtomicReference<>();

    public EventTransactions(ConsumerConfig config, int partition) {
        this.config = config;
        this.checkpoints = new CheckpointTable(config.identity());
        this.partition = partition;
    }

    @Nullable
    public Checkpoint checkpoint() throws SQLException {
        try (Connection connection = config.dataSource().getConnection()) {
            return checkpoints.load(connection, partition);
        }
    }

    /**
     * Moves the checkpoint without an event: makes the first one, or follows the stream.
     *
     * @throws CheckpointMovedException when somebody else has moved it
     */
    public void move(@Nullable Checkpoint from, Checkpoint to) throws SQLException, CheckpointMovedException {
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
     * Handles events and moves the checkpoint behind them, in one transaction; without one where all of them were handled
     * before.
     *
     * @param deliveries in the order of the stream, at least one
     */
    public Outcome handle(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream) {
        try {
            Selection selection = Selection.of(deliveries, from, stream);
            if (!selection.events().isEmpty()) {
                commit(selection, from);
            }
            return new Outcome.Committed(selection);
        } catch (CheckpointMovedException e) {
            return new Outcome.OwnerChanged(e);
        } catch (Throwable failure) {
            return switch (FailureKind.of(failure)) {
                case DATABASE -> new Outcome.DatabaseAway(failure);
                case CONFLICT -> new Outcome.Conflict(failure);
                case ATTEMPT -> new Outcome.Failed(failure);
            };
        }
    }

    /** The checkpoint first: a second owner waits there, before its handlers have done anything. */
    private void commit(Selection selection, Checkpoint from) throws Throwable {
        try (Connection connection = config.dataSource().getConnection()) {
            running.set(connection);
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                if (!checkpoints.move(connection, partition, from, selection.to())) {
                    throw new CheckpointMovedException(partition);
                }
                handle(selection, connection);
                commit(connection);
            } catch (Throwable failure) {
                rollback(connection, failure);
                throw failure;
            } finally {
                running.set(null);
            }
            connection.setAutoCommit(autoCommit);
        }
    }

    /**
     * A handler that swallowed an error of the database leaves a transaction that can only be rolled back, and the
     * driver's commit does that without a word. A statement before it fails then. Both go in one round trip.
     */
    private static void commit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1; COMMIT");
        }
        connection.commit(); // nothing is left to do, but whoever wraps the connection may want to know
    }

    private void handle(Selection selection, Connection connection) throws Throwable {
        HandlerTransaction transaction = new HandlerTransaction(connection);
        try {
            for (Selection.Event event : selection.events()) {
                handle(event, transaction);
            }
        } finally {
            transaction.end();
        }
    }

    private void handle(Selection.Event event, HandlerTransaction transaction) throws Throwable {
        try {
            config.handlers().handle(event.envelope(), event.delivery().payload(), transaction);
        } finally {
            // Left interrupted by a handler, a virtual thread closes the socket of the next database call.
            boolean ignored = Thread.interrupted();
        }
    }

    /** Cuts off the running transaction, from any thread; the database rolls it back. */
    public void abort() {
        Connection connection = running.getAndSet(null);
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException ignored) {
                return; // then it is gone already
            }
        }
    }

    private static void rollback(Connection connection, Throwable failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
