package dev.aftercommit.relay.config;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.failure.Reason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The source's database.
 *
 * @param url {@code jdbc:postgresql://...}
 */
public record DatabaseConfig(String url, String user, String password) {
    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 20;

    /** By default a server looks for a silent client after two hours, and keeps its locks as long. */
    private static final String NOTICE_A_VANISHED_CLIENT =
            "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

    /**
     * A new connection with autocommit on, for short statements: one without an answer within 20 s fails, and the server
     * frees its locks within half a minute when this machine vanishes.
     */
    public Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute(NOTICE_A_VANISHED_CLIENT);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A new connection with autocommit on, whose statements may take as long as they need. */
    public Connection connectForLongQueries() throws SQLException {
        return DriverManager.getConnection(url, properties());
    }

    /** A new connection that speaks the replication protocol. */
    public Connection connectForReplication() throws SQLException {
        Properties properties = properties();
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(url, properties);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(2 * CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "outbox-relay");
        return properties;
    }

    /** What a failure of PostgreSQL means, in words that say what to do. */
    public AftercommitException failure(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("28")) {
            return unsuitable("refuses the login", "Check OUTBOX_DATABASE_USER and OUTBOX_DATABASE_PASSWORD", e);
        }
        return switch (state) {
            case "3D000" -> unsuitable("has no such database", "Check OUTBOX_DATABASE_URL", e);
            case "42501" ->
                unsuitable(
                        "denies the role something", "Run outbox-relay doctor: it says which privileges it needs", e);
            case "53300" ->
                failure(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "has no connection left",
                        "Close some, or raise max_connections or max_wal_senders, whichever it names",
                        e);
            case "53400" ->
                failure(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "has no replication slot left",
                        "Drop an unused one, or raise max_replication_slots",
                        e);
            case "08001", "08004" ->
                failure(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "cannot be reached",
                        "Check OUTBOX_DATABASE_URL and that the server runs",
                        e);
            default ->
                failure(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "failed",
                        "Look into PostgreSQL's log when that does not pass by itself",
                        e);
        };
    }

    private AftercommitException unsuitable(String what, String remedy, SQLException e) {
        return failure(ErrorCode.DATABASE_UNSUITABLE, what, remedy, e);
    }

    private AftercommitException failure(ErrorCode code, String what, String remedy, SQLException e) {
        return new AftercommitException(code, where() + " " + what + ": " + Reason.of(e) + ". " + remedy + ".", e);
    }

    private String where() {
        return "PostgreSQL at " + url.replaceAll("\\?.*", "");
    }

    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url.replaceAll("(?i)(password=)[^&]*", "$1***") + ", user=" + user + "]";
    }
}
