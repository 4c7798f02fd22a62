package dev.aftercommit.crash.world;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A database that nobody has written to, kept as files: a round starts with a copy, which takes a fraction of making it.
 *
 * @param name the database's
 * @param data as {@link PostgresServer#copyData} left it
 */
public record DatabaseTemplate(String name, Path data) {
    static final String OUTBOX = "accounts";
    static final String INBOX = "directory";

    /** The counters tell the harness the order of an aggregate's commits: their rows are locked until the commit. */
    private static final String COUNTERS = """
            CREATE SCHEMA harness;
            CREATE TABLE harness.aggregate (type text, id text, events bigint NOT NULL, PRIMARY KEY (type, id));
            """;

    /** Effects have no unique constraint, so that one which happened twice is there twice. */
    private static final String EFFECTS = """
            CREATE TABLE aggregate (type text, id text, effects bigint NOT NULL, PRIMARY KEY (type, id));
            CREATE TABLE effect (
                id bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, aggregate_type text, aggregate_id text,
                number bigint, turn bigint, instance text, transaction xid8 DEFAULT pg_current_xact_id());
            CREATE TABLE mended (at timestamptz DEFAULT now());
            CREATE TABLE refused (what text CHECK (what <> 'at once'));
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'refused';
            END $$;
            CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON refused
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """;

    /**
     * Makes one with an outbox.
     *
     * @param folder one that exists; the data become a folder in it
     */
    public static DatabaseTemplate outbox(Path folder) {
        return make(OUTBOX, folder, database -> {
            Migrations.outbox(database).migrate();
            Sql.execute(database, COUNTERS);
        });
    }

    /** Makes one with an inbox, and tables for what handlers do. */
    public static DatabaseTemplate inbox(Path folder) {
        return make(INBOX, folder, database -> {
            Migrations.inbox(database).migrate();
            Sql.execute(database, EFFECTS);
        });
    }

    private static DatabaseTemplate make(String name, Path folder, Consumer<DataSource> tables) {
        Path data = folder.resolve(name);
        try (PostgresServer server = settings(PostgresServer.builder()).start()) {
            server.createDatabase(name);
            tables.accept(server.dataSource(name));
            server.stop();
            server.copyData(data);
        }
        return new DatabaseTemplate(name, data);
    }

    /** A server of its own with a copy. */
    PostgresServer start() {
        return settings(PostgresServer.builder()).copyOf(data).start();
    }

    /** Processes die here, no machine does: what a killed server has written is safe without fsync. */
    static PostgresServer.Builder settings(PostgresServer.Builder builder) {
        return builder.setting("max_prepared_transactions", "20").setting("fsync", "off");
    }
}
