package dev.aftercommit.producer;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** A server with an outbox and a table of the service's own. */
final class OutboxDatabase implements AutoCloseable {
    final PostgresServer server = PostgresServer.start();
    final DataSource dataSource = server.dataSource();

    OutboxDatabase() {
        Migrations.outbox(dataSource).migrate();
        execute("CREATE TABLE account (id text PRIMARY KEY)");
    }

    void empty() {
        execute("TRUNCATE outbox.event_default, account");
    }

    Connection transaction() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    void execute(String sql) {
        Sql.execute(dataSource, sql);
    }

    /** Each row as its columns, joined by '|'. */
    List<String> query(String sql) {
        return Sql.query(dataSource, sql);
    }

    /** The events in the order in which they were inserted. */
    List<String> aggregateIds() {
        return query("SELECT aggregate_id FROM outbox.event ORDER BY ctid");
    }

    @Override
    public void close() {
        server.close();
    }
}
