package dev.aftercommit.consumer.internal.attempt;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Work on a connection of a data source, which gets it back as it was. */
public final class DatabaseWork {
    private DatabaseWork() {}

    /**
     * What is done.
     *
     * @param <T> what it brings
     */
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** Each statement is a transaction of its own. */
    public static <T> T autoCommitted(DataSource dataSource, Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                AutoCommit on = AutoCommit.on(connection)) {
            return work.in(connection);
        }
    }

    /** All statements are one transaction; whatever is thrown rolls it back. */
    public static <T> T inTransaction(DataSource dataSource, Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            T result;
            try {
                result = work.in(connection);
                commit(connection);
            } catch (Throwable failure) {
                rollBack(connection, autoCommit, failure);
                throw failure;
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

    /** Only then back to auto-commit, which would commit what was not rolled back. */
    private static void rollBack(Connection connection, boolean autoCommit, Throwable failure) {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private record AutoCommit(Connection connection, boolean before) implements AutoCloseable {
        static AutoCommit on(Connection connection) throws SQLException {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(true);
            return new AutoCommit(connection, before);
        }

        @Override
        public void close() throws SQLException {
            connection.setAutoCommit(before);
        }
    }
}
