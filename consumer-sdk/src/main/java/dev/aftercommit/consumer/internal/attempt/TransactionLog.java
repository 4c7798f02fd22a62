package dev.aftercommit.consumer.internal.attempt;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What became of a transaction, as the database has noted it. */
record TransactionLog(DataSource dataSource) {
    private static final String STATUS = "SELECT coalesce(pg_xact_status(?::xid8), '')";

    enum Fate {
        COMMITTED,
        ROLLED_BACK,
        /** It is not over, or the database does not say. */
        UNKNOWN
    }

    Fate of(String transaction) {
        try (Connection connection = dataSource.getConnection();
                AnswerTimeout bound = AnswerTimeout.over(connection);
                PreparedStatement select = connection.prepareStatement(STATUS)) {
            select.setString(1, transaction);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return switch (row.getString(1)) {
                    case "committed" -> Fate.COMMITTED;
                    case "aborted" -> Fate.ROLLED_BACK;
                    default -> Fate.UNKNOWN;
                };
            }
        } catch (SQLException away) {
            return Fate.UNKNOWN;
        }
    }
}
