package dev.aftercommit.producer;

import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.DatabaseSchema;
import dev.aftercommit.testkit.OutboxFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** A database with an outbox and a table of the service's own. */
final class OutboxDatabase {
    final OutboxFixture fixture;
    final DataSource dataSource;

    OutboxDatabase(OutboxFixture fixture) {
        this.fixture = fixture;
        this.dataSource = fixture.dataSource();
    }

    /** The service's own table. */
    static final class Table implements DatabaseSchema {
        @Override
        public void create(DataSource database) {
            Sql.execute(database, "CREATE TABLE account (id text PRIMARY KEY)");
        }
    }

    void empty() {
        execute("TRUNCATE outbox.event_default, account");
    }

    Connection transaction() throws SQLException {
        return begun(dataSource.getConnection());
    }

    /** Of a login whose password is its name. */
    Connection transactionAs(String login) throws SQLException {
        return begun(DriverManager.getConnection(fixture.jdbcUrl(), login, login));
    }

    private static Connection begun(Connection connection) throws SQLException {
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
}
