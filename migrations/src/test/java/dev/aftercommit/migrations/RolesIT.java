package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static dev.aftercommit.migrations.Databases.dropAll;
import static dev.aftercommit.migrations.Databases.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.localservers.PostgresServer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What the roles of the outbox may do, and that they may do nothing else. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 15, 16, 17, 18})
class RolesIT {
    private static final String EMIT =
            "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload,"
                    + " headers) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'account', '7', 'Opened', '1', '{\"a\":\"b\"}')";

    private static PostgresServer server;

    @Parameter
    int major;

    private DataSource database;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.builder().majorVersion(major).start();
        execute(server.dataSource(), "CREATE ROLE owner LOGIN PASSWORD 'owner'");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    /** Roles are of the whole cluster: as if nobody had ever migrated in it. */
    @BeforeEach
    void createDatabaseWithoutRoles() {
        dropAll(server);
        for (String role : query(
                server.dataSource(),
                "SELECT rolname FROM pg_roles WHERE rolname IN ('outbox_writer', 'outbox_relay', 'service', 'relay')")) {
            execute(server.dataSource(), "DROP ROLE " + role);
        }
        database = fresh(server);
    }

    @Test
    void aServiceMayEmitAndNothingElse() {
        Migrations.outbox(database).migrate();
        DataSource service = login("service", "LOGIN IN ROLE outbox_writer");

        execute(service, EMIT);

        assertThat(query(database, "SELECT aggregate_id FROM outbox.event")).containsExactly("7");
        denied(service, "SELECT id FROM outbox.event");
        denied(service, "SELECT FROM outbox.event_default");
        denied(service, "UPDATE outbox.event SET event_type = 'Other'");
        denied(service, "DELETE FROM outbox.event");
        denied(service, "TRUNCATE outbox.event_default");
        denied(service, "DROP TABLE outbox.event");
        denied(service, "CREATE TABLE outbox.mine (id int)");
        denied(service, "SELECT * FROM outbox.journal");
        denied(service, "SELECT * FROM outbox.journal_events()");
        denied(service, "SELECT outbox.mend_publication()");
        denied(service, "SELECT outbox.make_roles()");
    }

    /** The relay believes these two: they say what it has to look at. */
    @Test
    void aServiceMayNotSetWhatTheDatabaseNotes() {
        Migrations.outbox(database).migrate();
        DataSource service = login("service", "LOGIN IN ROLE outbox_writer");

        denied(service, EMIT.replace("(id,", "(created_at, id,").replace("VALUES (", "VALUES (now(), "));
        denied(service, EMIT.replace("(id,", "(tx_id, id,").replace("VALUES (", "VALUES ('3', "));
    }

    @Test
    void theRelayMayReadEventsAndKeepItsJournalAndNothingElse() {
        Migrations.outbox(database).migrate();
        execute(database, EMIT);
        DataSource relay = login("relay", "LOGIN IN ROLE outbox_relay");

        assertThat(query(relay, "SELECT aggregate_id FROM outbox.event")).containsExactly("7");
        execute(relay, """
                UPDATE outbox.history SET stream_config = '{}', stream_first = 1, stream_holes = 0, publication = '1';
                INSERT INTO outbox.epoch (epoch, slot_name, system_identifier, first_lsn, reason)
                    VALUES (1, 'outbox', '1', '0/1', 'first-start');
                INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, last_lsn, confirm_lsn, tail_sequence)
                    VALUES (1, 1, 'published', 1, 0, '', '0/1', '0/1', 0);
                INSERT INTO outbox.incident (kind, detail) VALUES ('fork', 'as it was');
                INSERT INTO outbox.parked_event (event_id, aggregate_type, aggregate_id, "position", reason, detail)
                    SELECT id, aggregate_type, aggregate_id, '1', 'refused', 'too new' FROM outbox.event;
                UPDATE outbox.parked_event SET requested = 'retry', requested_at = now();
                DELETE FROM outbox.parked_event;
                SELECT * FROM outbox.journal_events()""");
        denied(relay, EMIT);
        denied(relay, "UPDATE outbox.event SET event_type = 'Other'");
        denied(relay, "DELETE FROM outbox.event");
        denied(relay, "TRUNCATE outbox.event_default");
        denied(relay, "ALTER TABLE outbox.event ADD mine int");
        denied(relay, "DROP TABLE outbox.event_default");
        denied(relay, "CREATE TABLE outbox.mine (id int)");
        denied(relay, "UPDATE outbox.history SET id = gen_random_uuid()");
        denied(relay, "UPDATE outbox.journal SET entry = 2");
        denied(relay, "DELETE FROM outbox.journal");
        denied(relay, "UPDATE outbox.parked_event SET reason = 'behind'");
        denied(relay, "DELETE FROM outbox.incident");
        denied(relay, "DROP PUBLICATION outbox");
        denied(relay, "SELECT outbox.make_roles()");
    }

    @Test
    void theRelayMayMendThePublicationThatItDoesNotOwn() {
        Migrations.outbox(database).migrate();
        String published = "SELECT pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,"
                + " to_jsonb(t) ->> 'attnames' FROM pg_publication JOIN pg_publication_tables t USING (pubname)";
        List<String> asMigrated = query(database, published);
        DataSource relay = login("relay", "LOGIN IN ROLE outbox_relay");

        execute(database, "CREATE TABLE other (id int); ALTER PUBLICATION outbox SET TABLE other");
        execute(database, "ALTER PUBLICATION outbox SET (publish = 'update', publish_via_partition_root = false)");
        execute(relay, "SELECT outbox.mend_publication()");
        assertThat(query(database, published)).isEqualTo(asMigrated).hasSize(1);

        execute(database, "DROP PUBLICATION outbox");
        execute(relay, "SELECT outbox.mend_publication()");
        assertThat(query(database, published)).isEqualTo(asMigrated);
    }

    @Test
    void whatMigrateMayNotDoAnAdministratorDoesWithTheStatementsThatItReturns() {
        DataSource owner = owner();

        List<String> missing = Migrations.outbox(owner).migrate().missingGrants();

        assertThat(missing)
                .startsWith("CREATE ROLE outbox_writer", "CREATE ROLE outbox_relay")
                .contains(
                        "GRANT INSERT (id, aggregate_type, aggregate_id, event_type, payload, headers) ON outbox.event TO"
                                + " outbox_writer");
        assertThat(Migrations.outbox(owner).migrate().missingGrants()).isEqualTo(missing);
        execute(database, String.join(";\n", missing));
        assertThat(Migrations.outbox(owner).migrate().missingGrants()).isEmpty();
        execute(login("service", "LOGIN IN ROLE outbox_writer"), EMIT);
        assertThat(query(login("relay", "LOGIN IN ROLE outbox_relay"), "SELECT aggregate_id FROM outbox.event"))
                .containsExactly("7");
    }

    /** Nobody but an administrator can make roles; everything else is the owner's to give. */
    @Test
    void toRolesThatSomebodyHasMadeTheMigratingRoleGrantsTheRestItself() {
        execute(database, "CREATE ROLE outbox_writer; CREATE ROLE outbox_relay");

        assertThat(Migrations.outbox(owner()).migrate().missingGrants()).isEmpty();

        execute(login("service", "LOGIN IN ROLE outbox_writer"), EMIT);
    }

    /** As a dump that is restored on another server, where the roles are not known. */
    @Test
    void rolesThatWereLostAreMadeByTheNextMigration() {
        Migrations.outbox(database).migrate();
        execute(database, "DROP OWNED BY outbox_writer, outbox_relay; DROP ROLE outbox_writer, outbox_relay");

        MigrationResult result = Migrations.outbox(database).migrate();

        assertThat(result.applied()).isZero();
        assertThat(result.missingGrants()).isEmpty();
        execute(login("service", "LOGIN IN ROLE outbox_writer"), EMIT);
    }

    @Test
    void whatPublicMayDoNoMoreTheRolesMay() {
        Migrations.outbox(database).migrate();
        String name = query(database, "SELECT current_database()").getFirst();
        execute(database, "REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC");
        execute(database, "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA outbox FROM PUBLIC");

        Migrations.outbox(database).migrate();

        execute(login("service", "LOGIN IN ROLE outbox_writer"), EMIT);
        execute(login("relay", "LOGIN IN ROLE outbox_relay"), "SELECT * FROM outbox.journal_events()");
    }

    @Test
    void databasesOfOneClusterMayBeMigratedAtOnce() throws Exception {
        List<DataSource> databases = List.of(database, fresh(server), fresh(server), fresh(server));
        try (ExecutorService threads = Executors.newFixedThreadPool(databases.size())) {
            for (Future<MigrationResult> result : threads.invokeAll(databases.stream()
                    .map(each -> (Callable<MigrationResult>)
                            () -> Migrations.outbox(each).migrate())
                    .toList())) {
                assertThat(result.get().missingGrants()).isEmpty();
            }
        }
    }

    /** May make schemas in the database, and no roles. */
    private DataSource owner() {
        String name = query(database, "SELECT current_database()").getFirst();
        execute(database, "GRANT CREATE ON DATABASE " + name + " TO owner");
        return as("owner");
    }

    private DataSource login(String name, String attributes) {
        execute(database, "CREATE ROLE " + name + " " + attributes + " PASSWORD '" + name + "'");
        return as(name);
    }

    private DataSource as(String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(
                server.jdbcUrl(query(database, "SELECT current_database()").getFirst()));
        source.setUser(role);
        source.setPassword(role);
        return source;
    }

    private static void denied(DataSource role, String sql) {
        assertThatThrownBy(() -> execute(role, sql))
                .as(sql)
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }
}
