package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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

    /**
     * Of a consumer's database.
     *
     * @param table of the schema {@code inbox}, which has to be there
     * @throws AftercommitException also {@link ErrorCode#INVALID_SETTING} when it is not
     */
    static ShortSession openInbox(Database database, String table) {
        ShortSession session = open(database);
        boolean isThere = session.run(connection -> {
            List<String> found = new ArrayList<>(1);
            Rows.each(connection, "SELECT to_regclass('inbox.' || ?)", row -> found.add(row.getString(1)), table);
            return found.getFirst() != null;
        });
        if (isThere) {
            return session;
        }
        session.close();
        throw new AftercommitException(
                ErrorCode.INVALID_SETTING,
                database.config().printable() + " has no table inbox." + table
                        + ". Name the consumer's database, not the"
                        + " source's; if it is that, bring its schema up to date: outbox-relay migrate --inbox.");
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
