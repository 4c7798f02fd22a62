package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import java.nio.file.Path;

/**
 * A database with an outbox that nobody has written to, kept as files: a round starts with a copy, which takes a fraction
 * of making it.
 *
 * @param data as {@link PostgresServer#copyData} left it
 */
public record DatabaseTemplate(Path data) {
    static final String DATABASE = "accounts";

    /** The counters tell the harness the order of an aggregate's commits: their rows are locked until the commit. */
    private static final String COUNTERS = """
            CREATE SCHEMA harness;
            CREATE TABLE harness.aggregate (type text, id text, events bigint NOT NULL, PRIMARY KEY (type, id));
            """;

    /**
     * Makes it.
     *
     * @param folder one that exists; the data become a folder in it
     */
    public static DatabaseTemplate make(Path folder) {
        Path data = folder.resolve("template");
        try (PostgresServer server = World.settings(PostgresServer.builder()).start()) {
            server.createDatabase(DATABASE);
            Migrations.outbox(server.dataSource(DATABASE)).migrate();
            Sql.execute(server.dataSource(DATABASE), COUNTERS);
            server.stop();
            server.copyData(data);
        }
        return new DatabaseTemplate(data);
    }
}
