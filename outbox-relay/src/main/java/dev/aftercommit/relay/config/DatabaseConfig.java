package dev.aftercommit.relay.config;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The source's database.
 *
 * @param url {@code jdbc:postgresql://...}
 */
public record DatabaseConfig(String url, String user, String password) {
    private static final int CONNECT_SECONDS = 10;

    /** A new connection with autocommit on, which notices a dead server. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "outbox-relay");
        return DriverManager.getConnection(url, properties);
    }

    /** A new connection that speaks the replication protocol. */
    public Connection connectForReplication() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("ApplicationName", "outbox-relay");
        return DriverManager.getConnection(url, properties);
    }

    /** What a failure of PostgreSQL means, in words that say what to do. */
    public AftercommitException failure(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String where = "PostgreSQL at " + url.replaceAll("\\?.*", "");
        if (state.startsWith("28")) {
            return new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE,
                    where + " refuses the login: " + e.getMessage()
                            + ". Check OUTBOX_DATABASE_USER and OUTBOX_DATABASE_PASSWORD.",
                    e);
        }
        if (state.equals("3D000")) {
            return new AftercommitException(
                    ErrorCode.DATABASE_UNSUITABLE, where + ": " + e.getMessage() + ". Check OUTBOX_DATABASE_URL.", e);
        }
        return new AftercommitException(
                ErrorCode.DATABASE_UNAVAILABLE,
                where + " cannot be reached or failed: " + e.getMessage()
                        + ". Check OUTBOX_DATABASE_URL and that it runs.",
                e);
    }

    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url.replaceAll("(?i)(password=)[^&]*", "$1***") + ", user=" + user + "]";
    }
}
