package dev.aftercommit.migrations;

import dev.aftercommit.localservers.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A fresh database for each test. */
final class Databases {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private Databases() {}

    static DataSource fresh(PostgresServer server) {
        String name = "test_" + COUNTER.incrementAndGet();
        server.createDatabase(name);
        return server.dataSource(name);
    }
}
