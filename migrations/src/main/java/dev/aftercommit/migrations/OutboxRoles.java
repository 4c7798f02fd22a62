package dev.aftercommit.migrations;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The roles {@code outbox_writer} and {@code outbox_relay}, which the schema itself knows how to make. */
final class OutboxRoles {
    private OutboxRoles() {}

    /** Makes them as far as the role of the data source may, and returns the statements that are left to somebody else. */
    static List<String> make(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            // A pool may hand out connections on which nothing lasts without a commit.
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT outbox.make_roles()")) {
                List<String> missing = new ArrayList<>();
                while (row.next()) {
                    missing.add(row.getString(1));
                }
                return missing;
            }
        }
    }
}
