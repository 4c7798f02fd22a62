package dev.aftercommit.testkit.internal.servers;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.testkit.DatabaseSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Copies of databases that were migrated once, which is quicker than to migrate each. Thread-safe. */
public final class DatabaseCopies {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Supplier<PostgresServer> server;
    private final Map<Original, String> originals = new HashMap<>();

    public DatabaseCopies(Supplier<PostgresServer> server) {
        this.server = server;
    }

    /** Shared servers may be stopped and started, and have no databases then. */
    private record Original(PostgresServer server, List<DatabaseSchema> schemas) {}

    /** A new database with the schemas {@code outbox} and {@code inbox} and these. */
    public DatabaseCopy make(List<DatabaseSchema> schemas) {
        PostgresServer running = server.get();
        String original = original(new Original(running, schemas));
        String copy = "test_" + NUMBERS.incrementAndGet();
        Sql.execute(running.dataSource(), "CREATE DATABASE " + copy + " TEMPLATE " + original);
        return new DatabaseCopy(running, copy);
    }

    private synchronized String original(Original wanted) {
        String known = originals.get(wanted);
        if (known != null) {
            return known;
        }
        String name = "original_" + NUMBERS.incrementAndGet();
        wanted.server().createDatabase(name);
        migrate(wanted.server().dataSource(name), wanted.schemas());
        // Nothing can be copied that somebody is connected to.
        Sql.execute(wanted.server().dataSource(), "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        Sql.query(
                wanted.server().dataSource(),
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + name + "'");
        originals.put(wanted, name);
        return name;
    }

    private static void migrate(DataSource database, List<DatabaseSchema> schemas) {
        Migrations.outbox(database).migrate();
        Migrations.inbox(database).migrate();
        for (DatabaseSchema schema : schemas) {
            try {
                schema.create(database);
            } catch (Exception e) {
                throw new IllegalStateException(
                        schema.getClass().getName() + " cannot make its tables: " + e.getMessage(), e);
            }
        }
    }
}
