package dev.aftercommit.consumer.internal.handler;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jooq.ConnectionProvider;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;

/** jOOQ transactions inside a handler's transaction: each is a savepoint in it. */
final class SavepointTransactions implements TransactionProvider {
    private final Deque<Savepoint> open = new ArrayDeque<>();

    @Override
    public void begin(TransactionContext context) {
        run(context, connection -> open.push(connection.setSavepoint()));
    }

    @Override
    public void commit(TransactionContext context) {
        run(context, connection -> connection.releaseSavepoint(open.pop()));
    }

    @Override
    public void rollback(TransactionContext context) {
        run(context, connection -> connection.rollback(open.pop()));
    }

    private static void run(TransactionContext context, Step step) {
        ConnectionProvider provider = context.configuration().connectionProvider();
        java.sql.Connection connection = provider.acquire();
        if (connection == null) {
            throw new DataAccessException("The handler's transaction has no connection");
        }
        try {
            step.on(connection);
        } catch (SQLException e) {
            throw new DataAccessException("The savepoint of a nested transaction failed", e);
        } finally {
            provider.release(connection);
        }
    }

    @FunctionalInterface
    private interface Step {
        void on(java.sql.Connection connection) throws SQLException;
    }
}
