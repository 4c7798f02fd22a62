package dev.aftercommit.consumer.internal.attempt;

import dev.aftercommit.consumer.spi.HandlerTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Each on a connection of the data source. */
record OwnTransactions(DataSource dataSource) implements HandlerTransactions {
    @Override
    public void run(Work work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                work.in(connection);
                commit(connection);
            } catch (Throwable failure) {
                rollback(connection, failure);
                throw failure;
            }
            connection.setAutoCommit(autoCommit);
        }
    }

    private static void commit(Connection connection) throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            connection.commit();
        }
    }

    private static void rollback(Connection connection, Throwable failure) {
        try (AnswerTimeout bound = AnswerTimeout.over(connection)) {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
