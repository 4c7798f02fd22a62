package dev.aftercommit.relay.postgres;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.failure.DatabaseFailure;
import dev.aftercommit.relay.failure.Reason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to the source's database. */
public record Database(DatabaseConfig config) {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int CONNECT_SECONDS = 10;
    /** For short statements: what has not answered by then never will. */
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** For looks at whole tables, and for the creation of a slot, which waits for old transactions. */
    private static final Duration LONG_ANSWER = Duration.ofHours(1);

    /**
     * By default a server looks for a silent client after two hours, and keeps its locks as long. What the relay has
     * noted must outlive a crash of the server, whatever the database's own transactions choose. A relay that is frozen
     * between two statements must not keep the next entry of the journal from the next leader.
     */
    private static final String SESSION = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
            + " SET tcp_keepalives_count = 3; SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '30s'";

    /** A new connection with autocommit on, for short statements: one without an answer within 20 s fails. */
    public Connection connect() throws SQLException {
        return connect(ANSWER);
    }

    /** A new connection with autocommit on, whose statements may take an hour. */
    public Connection connectForLongQueries() throws SQLException {
        Connection connection = connect(LONG_ANSWER);
        endQueriesWithTheirClient(connection);
        return connection;
    }

    /** Else each restart would leave a server busy for as long as the queries of the relay before it take. */
    private static void endQueriesWithTheirClient(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET client_connection_check_interval = '2s'");
        } catch (SQLException e) {
            LOG.debug("The server's platform cannot notice clients that are gone: {}", Reason.of(e));
        }
    }

    private Connection connect(Duration answer) throws SQLException {
        Properties properties = properties();
        properties.setProperty("socketTimeout", Long.toString(answer.toSeconds()));
        Connection connection = DriverManager.getConnection(config.url(), properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SESSION);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A new connection that speaks the replication protocol. */
    public Connection connectForReplication() throws SQLException {
        Properties properties = properties();
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("socketTimeout", Long.toString(LONG_ANSWER.toSeconds()));
        return DriverManager.getConnection(config.url(), properties);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password());
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(2 * CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "outbox-relay");
        return properties;
    }

    /** What a failure of this database means, in words that say what to do. */
    public AftercommitException failure(SQLException e) {
        return DatabaseFailure.of(config.printable(), e);
    }
}
