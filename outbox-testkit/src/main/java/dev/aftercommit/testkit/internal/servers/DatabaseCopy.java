package dev.aftercommit.testkit.internal.servers;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import javax.sql.DataSource;

/**
 * A database of a test.
 *
 * @param server where it is
 * @param name its name
 */
public record DatabaseCopy(PostgresServer server, String name) implements AutoCloseable {
    public DataSource dataSource() {
        return server.dataSource(name);
    }

    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** Drops it, whoever is still connected. */
    @Override
    public void close() {
        Sql.execute(server.dataSource(), "DROP DATABASE " + name + " WITH (FORCE)");
    }
}
