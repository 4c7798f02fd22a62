package dev.aftercommit.demo.check;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.aftercommit.demo.local.Servers;
import dev.aftercommit.localservers.PostgresServer;

/**
 * The databases of all programs, for the check, which asks them fifty times a second what has become of it: a new
 * connection each time would take the processors from those that it watches.
 */
record ServerDatabases(
        HikariDataSource accounts,
        HikariDataSource directory,
        HikariDataSource analytics,
        HikariDataSource notification,
        HikariDataSource mail)
        implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    static ServerDatabases of(Servers servers) {
        return new ServerDatabases(
                pool(servers.accounts(), Servers.ACCOUNTS),
                pool(servers.consumers(), Servers.DIRECTORY),
                pool(servers.consumers(), Servers.ANALYTICS),
                pool(servers.consumers(), Servers.NOTIFICATION),
                pool(servers.consumers(), Servers.MAIL));
    }

    private static HikariDataSource pool(PostgresServer server, String database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("check-" + database);
        config.setDataSource(server.dataSource(database));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    @Override
    public void close() {
        accounts.close();
        directory.close();
        analytics.close();
        notification.close();
        mail.close();
    }
}
