package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;

import dev.aftercommit.localservers.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A database of its own for each test. */
final class Databases {
    private static final String TEMPLATE = "template_with_outbox";
    private static final String PREFIX = "test_";
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private Databases() {}

    /** One without anything in it. */
    static DataSource fresh(PostgresServer server) {
        String name = next();
        server.createDatabase(name);
        return server.dataSource(name);
    }

    /** One with the outbox's schema: a copy, for tests of what the schema does and not of how it is made. */
    static DataSource migrated(PostgresServer server) {
        if (query(server.dataSource(), "SELECT FROM pg_database WHERE datname = '" + TEMPLATE + "'")
                .isEmpty()) {
            server.createDatabase(TEMPLATE);
            Migrations.outbox(server.dataSource(TEMPLATE)).migrate();
        }
        String name = next();
        execute(server.dataSource(), "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        return server.dataSource(name);
    }

    /** Drops those that tests have had. */
    static void dropAll(PostgresServer server) {
        for (String name :
                query(server.dataSource(), "SELECT datname FROM pg_database WHERE datname LIKE '" + PREFIX + "%'")) {
            execute(server.dataSource(), "DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    private static String next() {
        return PREFIX + COUNTER.incrementAndGet();
    }
}
