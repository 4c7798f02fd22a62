package dev.aftercommit.localservers;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Single statements against a database, each on a connection of its own in autocommit mode. Thread-safe.
 *
 * <p>A statement that fails throws an {@link IllegalStateException} with the database's words, caused by the
 * {@link SQLException}.
 */
public final class Sql {
    private Sql() {}

    /** Runs one statement, or several between semicolons, and drops what they answer. */
    public static void execute(DataSource database, String sql) {
        run(database, statement -> statement.execute(sql));
    }

    /** The rows of a query: each as its columns' texts joined by '|', where NULL reads "null". */
    public static List<String> query(DataSource database, String sql) {
        return run(database, statement -> {
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    lines.add(line(rows));
                }
                return lines;
            }
        });
    }

    private static String line(ResultSet row) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.add(row.getString(i));
        }
        return String.join("|", columns);
    }

    private interface Work<T> {
        T on(Statement statement) throws SQLException;
    }

    private static <T> T run(DataSource database, Work<T> work) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            return work.on(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
