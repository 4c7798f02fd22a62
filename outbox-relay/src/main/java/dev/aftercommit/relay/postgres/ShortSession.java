package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection for the few questions of a command. Every call throws {@link AftercommitException}, as
 * {@link Database#failure} puts it into words: {@link ErrorCode#DATABASE_UNAVAILABLE} when the database cannot be reached.
 */
final class ShortSession implements AutoCloseable {
    private final Database database;
    private final Connection connection;

    private ShortSession(Database database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    static ShortSession open(Database database) {
        try {
            return new ShortSession(database, database.connect());
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    /** What is asked or done. */
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    <T> T run(Work<T> work) {
        try {
            return work.in(connection);
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }
}
