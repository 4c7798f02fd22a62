package dev.aftercommit.producer;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.migrations.Migrations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A server with an outbox and a table of the service's own. */
final class OutboxDatabase implements AutoCloseable {
    final PostgresServer server = PostgresServer.start();
    final DataSource dataSource = server.dataSource();

    OutboxDatabase() throws SQLException {
        Migrations.outbox(dataSource).migrate();
        execute("CREATE TABLE account (id text PRIMARY KEY)");
    }

    void empty() throws SQLException {
        execute("TRUNCATE outbox.event_default, account");
    }

    Connection transaction() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Each row as its columns, joined by '|'. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(rows.getString(i));
                }
                lines.add(String.join("|", columns));
            }
            return lines;
        }
    }

    /** The events in the order in which they were inserted. */
    List<String> aggregateIds() throws SQLException {
        return query("SELECT aggregate_id FROM outbox.event ORDER BY ctid");
    }

    @Override
    public void close() {
        server.close();
    }
}
