package dev.aftercommit.producer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Sees to it that an event is written in a transaction that somebody is going to commit. */
final class Transactions {
    private static final String WHAT_TO_DO =
            " Emit inside dsl.transaction(tx -> ...) and with that tx, inside @Transactional, or on a Connection after"
                    + " setAutoCommit(false), so that the event commits together with the change it tells of.";

    private Transactions() {}

    static void require(@Nullable Connection tx) {
        if (tx == null) {
            throw noTransaction("The transaction is null.");
        }
        try {
            if (tx.getAutoCommit()) {
                throw noTransaction("There is no transaction: the connection is in autocommit mode.");
            }
        } catch (SQLException e) {
            throw SqlFailures.ofConnection(e);
        }
    }

    /** Runs {@code work}, which sends statements, on the connection of a jOOQ transaction. */
    static void onConnectionOf(@Nullable Configuration tx, Consumer<Connection> work) {
        if (tx == null) {
            throw noTransaction("The transaction is null.");
        }
        ConnectionProvider provider = tx.connectionProvider();
        Connection connection = acquire(provider);
        BaseConnection written;
        try {
            require(connection);
            work.accept(connection);
            written = inTransaction(connection);
        } finally {
            provider.release(connection);
        }
        // A pool whose connections have autocommit off looks like a transaction, but rolls back what nobody commits.
        if (written != null && written.getTransactionState() == TransactionState.IDLE) {
            throw noTransaction("There was no transaction: the connection went back to its pool right after the event"
                    + " was written, which was rolled back.");
        }
    }

    private static Connection acquire(ConnectionProvider provider) {
        Connection connection;
        try {
            connection = provider.acquire();
        } catch (DataAccessException e) {
            throw SqlFailures.ofConnection(e);
        }
        if (connection == null) {
            throw noTransaction("This jOOQ configuration has no JDBC connection.");
        }
        return connection;
    }

    /** The driver's own connection when it has an open transaction; null, too, when wrappers hide it. */
    private static @Nullable BaseConnection inTransaction(Connection connection) {
        try {
            if (connection.isWrapperFor(BaseConnection.class)) {
                BaseConnection physical = connection.unwrap(BaseConnection.class);
                return physical.getTransactionState() == TransactionState.OPEN ? physical : null;
            }
            return null;
        } catch (SQLException | LinkageError e) {
            return null;
        }
    }

    static Configuration configurationOf(@Nullable DSLContext tx) {
        if (tx == null) {
            throw noTransaction("The transaction is null.");
        }
        return tx.configuration();
    }

    private static AftercommitException noTransaction(String what) {
        return new AftercommitException(ErrorCode.NO_TRANSACTION, what + WHAT_TO_DO);
    }
}
