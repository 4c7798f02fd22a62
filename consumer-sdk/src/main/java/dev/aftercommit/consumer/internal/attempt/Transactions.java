package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.TerminalException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointBusyException;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointMovedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs work in transactions, one at a time. Used by one thread, except {@link #abort()}. */
public final class Transactions {
    private final DataSource dataSource;
    private final AtomicReference<@Nullable Connection> running = new AtomicReference<>();
    /** Whether the connection has outlived what failed in it. */
    private boolean alive;

    public Transactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * What happens in one transaction; whatever it throws rolls it back. Its last statement must be one that counts: a handler
     * that swallowed an error of the database leaves a transaction that can only be rolled back, and the driver's commit does
     * that without a word.
     */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws Throwable;
    }

    public <T> Outcome<T> run(Work<T> work) {
        alive = false;
        try {
            return new Outcome.Committed<>(committed(work));
        } catch (CheckpointMovedException e) {
            return new Outcome.OwnerChanged<>(e);
        } catch (CheckpointBusyException e) {
            return new Outcome.Conflict<>(e);
        } catch (Throwable failure) {
            return switch (FailureKind.of(failure, alive)) {
                case DATABASE -> new Outcome.DatabaseAway<>(failure);
                case CONFLICT -> new Outcome.Conflict<>(failure);
                case ATTEMPT -> new Outcome.Failed<>(failure);
            };
        }
    }

    private <T> T committed(Work<T> work) throws Throwable {
        try (Connection connection = dataSource.getConnection()) {
            running.set(connection);
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.in(connection);
                commit(connection);
            } catch (Throwable failure) {
                rollback(connection, failure);
                throw failure;
            } finally {
                running.set(null);
            }
            connection.setAutoCommit(autoCommit);
            return result;
        }
    }

    private static void commit(Connection connection) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            connection.commit();
        }
    }

    /** What is thrown when the statement behind the handlers finds another transaction than the one before them. */
    public static TerminalException endedByHandler() {
        return new TerminalException(
                "A handler has ended the transaction that it was called in. What it did before may be"
                        + " committed, and happens again when it is called again; the checkpoint was not moved with it.");
    }

    private void rollback(Connection connection, Throwable failure) {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            connection.rollback();
            alive = true;
        } catch (SQLException e) {
            failure.addSuppressed(e);
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
}
