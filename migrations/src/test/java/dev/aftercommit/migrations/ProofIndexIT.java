package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static dev.aftercommit.migrations.Databases.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.PostgresServer;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** V4 indexes what is there and what comes. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 18})
class ProofIndexIT {
    private static PostgresServer server;

    @Parameter
    int major;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.builder().majorVersion(major).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @Test
    void anIndexThatWasBuiltBeforeIsAdoptedRatherThanBuiltAgain() {
        DataSource database = fresh(server);
        FirstVersion.migrate(database);
        execute(database, "CREATE INDEX CONCURRENTLY before ON outbox.event_default (created_at)");
        List<String> files = files(database);

        Migrations.outbox(database).migrate();

        assertThat(files(database)).isEqualTo(files);
        assertThat(query(
                        database,
                        "SELECT inhrelid::regclass FROM pg_inherits"
                                + " WHERE inhparent = 'outbox.event_created_at_idx'::regclass"))
                .containsExactly("outbox.before");
    }

    @Test
    void aPartitionThatIsMadeLaterIsIndexedToo() {
        DataSource database = fresh(server);
        Migrations.outbox(database).migrate();
        execute(database, """
                CREATE TABLE outbox.event_new PARTITION OF outbox.event
                    FOR VALUES FROM ('01890000-0000-0000-0000-000000000000') TO ('01900000-0000-0000-0000-000000000000')""");
        execute(
                database,
                "ALTER DATABASE " + query(database, "SELECT current_database()").getFirst()
                        + " SET enable_seqscan = off");

        assertThat(query(database, """
                        EXPLAIN (COSTS OFF) SELECT id FROM outbox.event
                        WHERE created_at >= now() - interval '1 minute'
                            AND NOT pg_visible_in_snapshot(tx_id, pg_current_snapshot())"""))
                .filteredOn(line -> line.contains("Index"))
                .anySatisfy(line -> assertThat(line).contains("event_default_created_at_idx"))
                .anySatisfy(line -> assertThat(line).contains("event_new_created_at_idx"));
    }

    private static List<String> files(DataSource database) {
        return query(database, """
                SELECT c.oid::regclass, pg_relation_filenode(c.oid)
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = 'outbox.event_default'::regclass ORDER BY 1""");
    }
}
