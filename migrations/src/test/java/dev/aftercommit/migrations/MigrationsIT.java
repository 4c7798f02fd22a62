package dev.aftercommit.migrations;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static dev.aftercommit.migrations.Databases.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.aftercommit.localservers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Every PostgreSQL that is supported, each a server of its own. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 15, 16, 17, 18})
class MigrationsIT {
    private static final String NEWEST_OUTBOX = "8";
    private static final String NEWEST_INBOX = "5";
    private static final int OUTBOX_VERSIONS = 8;
    private static final int INBOX_VERSIONS = 5;

    private static PostgresServer server;

    @Parameter
    int major;

    private DataSource database;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.builder().majorVersion(major).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        database = fresh(server);
    }

    @Test
    void theServerIsOfTheVersionThatTheTestNames() {
        assertThat(query(database, "SELECT current_setting('server_version_num')::int / 10000"))
                .containsExactly(Integer.toString(major));
    }

    @Test
    void aSecondRunFindsNothingToDo() {
        assertThat(Migrations.outbox(database).migrate())
                .isEqualTo(new MigrationResult("outbox", NEWEST_OUTBOX, OUTBOX_VERSIONS, List.of()));
        assertThat(Migrations.outbox(database).migrate())
                .isEqualTo(new MigrationResult("outbox", NEWEST_OUTBOX, 0, List.of()));
        assertThat(Migrations.inbox(database).migrate())
                .isEqualTo(new MigrationResult("inbox", NEWEST_INBOX, INBOX_VERSIONS, List.of()));
        assertThat(Migrations.inbox(database).migrate())
                .isEqualTo(new MigrationResult("inbox", NEWEST_INBOX, 0, List.of()));
    }

    @Test
    void manyProcessesMayMigrateAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<MigrationResult>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                runs.add(() -> Migrations.outbox(database).migrate());
                runs.add(() -> Migrations.inbox(database).migrate());
            }
            List<MigrationResult> results = new ArrayList<>();
            for (Future<MigrationResult> run : threads.invokeAll(runs)) {
                results.add(run.get());
            }
            assertThat(results)
                    .extracting(MigrationResult::schema, MigrationResult::version)
                    .containsOnly(tuple("outbox", NEWEST_OUTBOX), tuple("inbox", NEWEST_INBOX));
            assertThat(results.stream().mapToInt(MigrationResult::applied).sum())
                    .isEqualTo(OUTBOX_VERSIONS + INBOX_VERSIONS);
        }
    }

    @Test
    void thePublicationHoldsInsertsIntoTheOutboxAndNothingElse() {
        execute(database, "CREATE TABLE other (id int PRIMARY KEY)");
        Migrations.outbox(database).migrate();

        assertThat(query(database, """
                        SELECT pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot
                        FROM pg_publication""")).containsExactly("outbox|f|t|f|f|f|t");
        assertThat(query(database, "SELECT pubname, schemaname, tablename FROM pg_publication_tables"))
                .containsExactly("outbox|outbox|event");
        if (major >= 15) {
            assertThat(query(database, "SELECT attnames FROM pg_publication_tables"))
                    .containsExactly("{id,aggregate_type,aggregate_id,event_type,payload,headers}");
        }
    }

    @Test
    void aRoleThatMayCreateSchemasMayMigrate() {
        execute(database, "CREATE ROLE owner_" + major + " LOGIN PASSWORD 'secret'");
        String name = query(database, "SELECT current_database()").getFirst();
        execute(database, "GRANT CREATE ON DATABASE " + name + " TO owner_" + major);
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl(server.jdbcUrl(name));
        owner.setUser("owner_" + major);
        owner.setPassword("secret");

        assertThat(Migrations.outbox(owner).migrate().applied()).isEqualTo(OUTBOX_VERSIONS);
        assertThat(Migrations.inbox(owner).migrate().applied()).isEqualTo(INBOX_VERSIONS);
    }

    @Test
    void anApplicationsOwnFlywayIsUndisturbed(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("V1__app.sql"), "CREATE TABLE account (id int PRIMARY KEY);");
        Flyway application = Flyway.configure()
                .dataSource(database)
                .locations("filesystem:" + folder)
                .load();
        application.migrate();
        Migrations.outbox(database).migrate();
        Migrations.inbox(database).migrate();
        Files.writeString(folder.resolve("V2__app.sql"), "ALTER TABLE account ADD name text;");

        assertThat(application.migrate().migrationsExecuted).isEqualTo(1);
        application.validate();
        assertThat(query(
                        database, "SELECT schemaname, tablename FROM pg_tables WHERE tablename LIKE '%schema%history'"))
                .containsExactlyInAnyOrder(
                        "public|flyway_schema_history", "outbox|schema_history", "inbox|schema_history");
        assertThat(query(database, "SELECT count(*) FROM public.flyway_schema_history"))
                .containsExactly("2");
        assertThat(Migrations.outbox(database).migrate().applied()).isZero();
    }

    @Test
    void aStrangersPublicationIsNamedAndNothingIsLeftBehind() {
        execute(database, "CREATE PUBLICATION outbox");

        assertThatThrownBy(() -> Migrations.outbox(database).migrate())
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("already has a publication named outbox")
                .hasMessageContaining("ALTER PUBLICATION outbox RENAME TO");
        assertThat(query(database, "SELECT to_regclass('outbox.event') IS NULL"))
                .containsExactly("t");

        execute(database, "ALTER PUBLICATION outbox RENAME TO theirs");
        assertThat(Migrations.outbox(database).migrate().applied()).isEqualTo(OUTBOX_VERSIONS);
    }

    @Test
    void aStrangersSchemaIsLeftAlone() {
        execute(database, "CREATE SCHEMA outbox");
        execute(database, "CREATE TABLE outbox.event (id int)");

        assertThatThrownBy(() -> Migrations.outbox(database).migrate())
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("\"outbox\"")
                .hasMessageContaining("no schema history table");
        assertThat(query(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'outbox'"))
                .containsExactly("1");
    }

    @Test
    void aDatabaseThatIsNotUtf8IsRefused() {
        String name = "latin1_" + major;
        execute(database, "CREATE DATABASE " + name + " ENCODING 'LATIN1' TEMPLATE template0");

        assertThatThrownBy(() -> Migrations.outbox(server.dataSource(name)).migrate())
                .hasMessageContaining("needs a database in UTF8, but \"" + name + "\" is in LATIN1");
    }

    @Test
    void rowsAreCheckedUnderAnEmptySearchPath() {
        Migrations.outbox(database).migrate();
        // As pg_dump's output sets it before it loads rows.
        execute(database, """
                SELECT pg_catalog.set_config('search_path', '', false);
                INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)
                VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'account', '7', 'Photo', '"AAECAw=="',
                        '{"datacontenttype":"image/png","tenant":"é"}')""");
        assertThat(query(database, "SELECT aggregate_id FROM outbox.event_default"))
                .containsExactly("7");
    }
}
