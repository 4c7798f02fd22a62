package dev.aftercommit.relay.config;

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

    @Override
    public String toString() {
        return "DatabaseConfig[url=" + url.replaceAll("(?i)(password=)[^&]*", "$1***") + ", user=" + user + "]";
    }
}
