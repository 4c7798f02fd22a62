package dev.aftercommit.relay.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Short forms of JDBC. */
final class Rows {
    private Rows() {}

    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    static void each(Connection connection, String query, RowReader reader, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, query, parameters);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                reader.read(row);
            }
        }
    }

    static List<UUID> ids(Connection connection, String query, @Nullable Object... parameters) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        each(connection, query, row -> ids.add(row.getObject(1, UUID.class)), parameters);
        return ids;
    }

    static int update(Connection connection, String text, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, text, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String text, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    static Array array(Connection connection, Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }
}
