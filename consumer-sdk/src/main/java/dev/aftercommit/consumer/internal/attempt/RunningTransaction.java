package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.TerminalException;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A transaction that handlers are called in, whoever carries it. Used by one thread. */
public final class RunningTransaction {
    private static final String IN_FAILED_TRANSACTION = "25P02";
    private static final String CLOSED = "08003";

    private final Connection connection;
    private @Nullable String id;
    private Supplier<String> handlers = () -> "A handler";

    RunningTransaction(Connection connection) {
        this.connection = connection;
    }

    public Connection connection() {
        return connection;
    }

    /**
     * To be told before the first handler is called.
     *
     * @param known how the database calls the transaction
     * @param called the names of those who are called in it
     */
    public void begun(String known, Supplier<String> called) {
        id = known;
        handlers = called;
    }

    /** How the database calls it; null when no handler was called in it. */
    @Nullable
    String id() {
        return id;
    }

    /**
     * After each handler: those that follow must not be called when a transaction manager has ended the transaction, since what
     * they write would be committed by itself. Asks nobody: a manager closes the connection then.
     *
     * @param handler by name
     */
    public void requireOpen(Supplier<String> handler) throws SQLException {
        if (connection.isClosed()) {
            throw closed(handler.get());
        }
    }

    /** Changes something if this transaction runs, and nothing in another one. */
    @FunctionalInterface
    public interface LastStatement {
        /** Returns false when another transaction runs. */
        boolean execute() throws SQLException;
    }

    /**
     * Behind the handlers: finds what they have done to the transaction, before it can be committed.
     *
     * @throws TerminalException when they have ended it
     * @throws AftercommitException when nothing of it could be committed
     */
    public void finish(LastStatement last) throws SQLException {
        boolean runs;
        try {
            runs = last.execute();
        } catch (SQLException e) {
            if (IN_FAILED_TRANSACTION.equals(e.getSQLState())) {
                throw failed(e);
            }
            if (CLOSED.equals(e.getSQLState())) {
                throw closed(handlers.get());
            }
            throw e;
        }
        if (!runs) {
            throw ended();
        }
    }

    TerminalException ended() {
        return new TerminalException(
                handlers.get() + " has ended the transaction that it was called in. What it did before may be"
                        + " committed, and happens again when it is called again; the checkpoint was not moved with it.");
    }

    private static AftercommitException closed(String handler) {
        return new AftercommitException(
                ErrorCode.INVALID_HANDLER,
                handler
                        + " has ended the transaction that it was called in: the connection is closed. Return to commit,"
                        + " throw to roll back.");
    }

    private AftercommitException failed(SQLException e) {
        return new AftercommitException(
                ErrorCode.INVALID_HANDLER,
                handlers.get() + " has caught an error of the database, after which nothing of the transaction can be"
                        + " committed. Let it throw, or roll back to a savepoint.",
                e);
    }

    AftercommitException rolledBack() {
        return new AftercommitException(
                ErrorCode.INVALID_HANDLER,
                "The transaction of " + handlers.get() + " was rolled back instead of committed, without an error:"
                        + " something in it has marked it so. To have the event tried again, throw.");
    }

    SQLException inDoubt() {
        return new SQLException("The database does not say whether the transaction of " + handlers.get()
                + " was committed; its tables will tell.");
    }
}
