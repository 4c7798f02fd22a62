package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.Ports;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.relay.postgres.Database;
import dev.aftercommit.relay.postgres.SlotNames;
import dev.aftercommit.relay.preflight.DatabasePreflight;
import dev.aftercommit.relay.preflight.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

/** A PostgreSQL that is not as the relay needs it: one clear message from {@code run}, a finding from {@code doctor}. */
class DatabaseSetupIT {
    private static final String PASSWORD = "s3cr3t-w0rd";

    private static RelayWorld world;

    @BeforeAll
    static void start() throws Exception {
        world = new RelayWorld();
        // Roles of the tests have to know their passwords; the superuser of the harness need not.
        Path hba = Path.of(world.query("SHOW hba_file"));
        Files.writeString(hba, "host all postgres all trust\nhost all all all scram-sha-256\n");
        world.sql("SELECT pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @AfterEach
    void forgetTheSlot() throws SQLException {
        world.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status", "migrate"})
    void aServerThatIsAwayIsNamed(String command) {
        String url = "jdbc:postgresql://localhost:" + Ports.free() + "/accounts?password=" + PASSWORD;
        RelayJar.Result result = refused(world, command, Map.of("OUTBOX_DATABASE_URL", url));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output())
                .contains(
                        "PostgreSQL at " + url.replaceAll("\\?.*", "") + " cannot be reached: Connection to localhost")
                .contains("Check OUTBOX_DATABASE_URL and that the server runs.")
                .doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status", "migrate"})
    void aWrongPasswordIsRefusedAndNotPrinted(String command) throws Exception {
        role("forgetful", "LOGIN REPLICATION");
        RelayJar.Result result = refused(
                world,
                command,
                Map.of("OUTBOX_DATABASE_USER", "forgetful", "OUTBOX_DATABASE_PASSWORD", "wr0ng-" + PASSWORD));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("refuses the login")
                .contains("\"forgetful\"")
                .contains("Check OUTBOX_DATABASE_USER and OUTBOX_DATABASE_PASSWORD.")
                .doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor", "status", "migrate"})
    void aDatabaseThatDoesNotExistIsNamed(String command) {
        RelayJar.Result result = refused(
                world, command, Map.of("OUTBOX_DATABASE_URL", world.postgres().jdbcUrl("acounts")));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("has no such database")
                .contains("\"acounts\"")
                .contains("Check OUTBOX_DATABASE_URL.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor"})
    void aDatabaseWithoutTheSchemaIsSentToMigrate(String command) {
        RelayJar.Result result = refused(
                world, command, Map.of("OUTBOX_DATABASE_URL", world.postgres().jdbcUrl()));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("the outbox tables are missing in this database; run: outbox-relay migrate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor"})
    void aLoginWithoutReplicationAndPrivilegesIsToldWhichStatementsMendBoth(String command) throws Exception {
        role("plain", "LOGIN");
        RelayJar.Result result =
                refused(world, command, Map.of("OUTBOX_DATABASE_USER", "plain", "OUTBOX_DATABASE_PASSWORD", PASSWORD));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("role plain may not replicate; run as a superuser: ALTER ROLE \"plain\" REPLICATION")
                .contains("role plain lacks USAGE on SCHEMA outbox; SELECT on outbox.event;")
                .contains("; run as an administrator: GRANT outbox_relay TO plain");
    }

    /** Whatever a migration has granted is something that the relay looks for before it starts. */
    @Test
    void everyPrivilegeThatTheRoleLosesIsNamedWithTheStatementThatGrantsItAgain() throws Exception {
        try (RelayWorld own = new RelayWorld()) {
            own.sql("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA outbox FROM PUBLIC");
            own.sql("SELECT outbox.make_roles()");
            List<String> grants = Sql.query(own.postgres().dataSource("accounts"), """
                    SELECT privilege_type || ' ON outbox.' || table_name FROM information_schema.role_table_grants
                     WHERE grantee = 'outbox_relay'
                     UNION ALL
                    SELECT privilege_type || ' (' || quote_ident(column_name) || ') ON outbox.' || table_name
                      FROM information_schema.role_column_grants c
                     WHERE grantee = 'outbox_relay'
                       AND NOT EXISTS (SELECT FROM information_schema.role_table_grants t
                                        WHERE t.grantee = c.grantee AND t.table_name = c.table_name
                                          AND t.privilege_type = c.privilege_type)
                     UNION ALL
                    SELECT 'EXECUTE ON FUNCTION ' || p.oid::regprocedure FROM pg_proc p, aclexplode(p.proacl) AS a
                     WHERE a.grantee = 'outbox_relay'::regrole
                     UNION ALL
                    SELECT 'USAGE ON SCHEMA outbox'
                    """);
            assertThat(grants).hasSizeGreaterThan(30);
            Database database = new Database(new DatabaseConfig(own.postgres().jdbcUrl("accounts"), "relay", "relay"));
            try (Connection relay = database.connect()) {
                assertThat(problems(relay)).isEmpty();
                for (String grant : grants) {
                    own.sql("REVOKE " + grant + " FROM outbox_relay");
                    List<String> problems = problems(relay);
                    assertThat(problems).as(grant).hasSize(1);
                    own.sql(problems.getFirst().replaceFirst(".*; run as the owner: ", ""));
                    assertThat(problems(relay)).as(grant).isEmpty();
                }
            }
        }
    }

    private static List<String> problems(Connection connection) throws SQLException {
        return DatabasePreflight.inspect(connection, SlotNames.DEFAULT).stream()
                .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                .map(Finding::text)
                .toList();
    }

    /** As where nobody may make roles. */
    @Test
    void aLoginWithTheGrantsThatAreNamedAndWithoutTheRoleRunsTheRelay() throws Exception {
        try (RelayWorld own = new RelayWorld()) {
            own.sql("DROP OWNED BY outbox_relay", "DROP ROLE outbox_relay");
            RelayJar.Result refused = refused(own, "doctor", Map.of());
            assertThat(refused.exitCode()).isEqualTo(1);
            String grants = refused.output()
                    .lines()
                    .filter(line -> line.contains("run as the owner: "))
                    .findFirst()
                    .orElseThrow()
                    .replaceFirst(".*run as the owner: ", "");
            own.sql(grants);
            Writers.write(own, 100);
            assertThat(own.command("doctor", Map.of()).exitCode()).isZero();
            RelayWorld.Relay relay = own.start();
            try (Writers after = Writers.start(own, 1, 100, 2)) {
                after.awaitEnd();
            }
            own.awaitStored(200);
            assertThat(own.command("status", Map.of()).exitCode()).isZero();
            RelayJar.Result doctor = own.command("doctor", Map.of());
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            assertThat(doctor.output()).doesNotContain("warning").contains("in use");
            Words.requireClear(relay.output());
        }
    }

    @Test
    void aServerWithoutLogicalWalFreeSlotsAndFreeSendersIsToldAllThreeAtOnce() throws Exception {
        PostgresServer bare = AccountsPostgres.migrated()
                .setting("wal_level", "replica")
                .setting("max_replication_slots", "1")
                .setting("max_wal_senders", "1")
                .start();
        try (RelayWorld own = new RelayWorld(bare, RelayWorld.natsServer().start());
                Connection ignored = replicationConnection(bare)) {
            own.sql("SELECT pg_create_physical_replication_slot('somebody')");
            for (String command : new String[] {"run", "doctor"}) {
                RelayJar.Result result = refused(own, command, Map.of());
                assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
                assertThat(result.output())
                        .contains("it is replica; set wal_level = logical in postgresql.conf and restart PostgreSQL")
                        .contains("all 1 are in use and the slot \"outbox\" does not exist yet; raise"
                                + " max_replication_slots (needs a restart) or drop an unused slot")
                        .contains("all 1 are in use; raise max_wal_senders (needs a restart)");
            }
            assertThat(own.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'outbox'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aSenderThatTheRoleMayNotSeeIsCountedAllTheSame() throws Exception {
        PostgresServer small =
                AccountsPostgres.migrated().setting("max_wal_senders", "1").start();
        try (RelayWorld own = new RelayWorld(small, RelayWorld.natsServer().start());
                Connection ignored = replicationConnection(small)) {
            RelayJar.Result result = refused(own, "run", Map.of());
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.output()).contains("max_wal_senders: all 1 are in use");
        }
    }

    @Test
    void aMissingPublicationIsMadeBeforeTheFirstSlot() throws Exception {
        try (RelayWorld own = new RelayWorld()) {
            own.sql("DROP PUBLICATION outbox");
            RelayJar.Result doctor = own.command("doctor", Map.of());
            assertThat(doctor.exitCode()).isZero();
            assertThat(doctor.output())
                    .containsPattern(
                            "warning +past +nothing was published yet; the relay makes publication, slot and stream");
            own.start();
            Writers.write(own, 10);
            own.awaitStored(10);
            boolean hasColumnLists = Integer.parseInt(own.query("SHOW server_version_num")) >= 150_000;
            assertThat(own.query(
                            "SELECT translate(to_jsonb(t) ->> 'attnames', '[]\" ', '') FROM pg_publication_tables t"))
                    .isEqualTo(hasColumnLists ? "id,aggregate_type,aggregate_id,event_type,payload,headers" : null);
        }
    }

    @Test
    void aPublicationOfMoreThanInsertsIsSetRightAtTheFirstStart() throws Exception {
        try (RelayWorld own = new RelayWorld()) {
            own.sql("ALTER PUBLICATION outbox SET (publish = 'insert, update')");
            own.start();
            Writers.write(own, 10);
            own.awaitStored(10);
            assertThat(own.query("SELECT pubinsert AND NOT pubupdate FROM pg_publication"))
                    .isEqualTo("t");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "doctor"})
    void theSlotOfAnotherDatabaseOfTheClusterIsLeftAlone(String command) throws Exception {
        try (Connection other = world.postgres().dataSource().getConnection()) {
            other.createStatement().execute("SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        }
        RelayJar.Result result = refused(world, command, Map.of());
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("\"outbox\" belongs to database \"postgres\" of the same cluster");
        assertThat(world.query("SELECT database FROM pg_replication_slots WHERE slot_name = 'outbox'"))
                .isEqualTo("postgres");
    }

    @Test
    void migrateSaysWhatItDidEachTimeAndMakesTheInboxToo() throws Exception {
        String name = "fresh";
        world.postgres().createDatabase(name);
        Map<String, String> database = Map.of(
                "OUTBOX_DATABASE_URL", world.postgres().jdbcUrl(name),
                "OUTBOX_DATABASE_USER", world.postgres().user(),
                "OUTBOX_DATABASE_PASSWORD", "any");
        RelayJar.Result first = Words.requireClear(RelayJar.run("migrate", database));
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(first.output()).containsPattern("Schema outbox is now at version \\d+ \\(\\d+ applied\\)");
        RelayJar.Result second = Words.requireClear(RelayJar.run("migrate", database));
        assertThat(second.exitCode()).isZero();
        assertThat(second.output()).containsPattern("Schema outbox is up to date: version \\d+");
        RelayJar.Result inbox = Words.requireClear(RelayJar.run("migrate --inbox", database));
        assertThat(inbox.exitCode()).isZero();
        assertThat(inbox.output()).containsPattern("Schema inbox is now at version \\d+ \\(\\d+ applied\\)");
    }

    @Test
    void migrateWithARoleThatMayMakeNoRolesPrintsWhatAnAdministratorHasToRun() throws Exception {
        try (RelayWorld own = new RelayWorld(
                AccountsPostgres.withoutOutbox(PostgresServer.defaultMajorVersion()),
                RelayWorld.natsServer().start())) {
            own.sql("CREATE ROLE owner LOGIN PASSWORD 'owner'", "GRANT CREATE ON DATABASE accounts TO owner");
            Map<String, String> owner = Map.of("OUTBOX_DATABASE_USER", "owner", "OUTBOX_DATABASE_PASSWORD", "owner");
            RelayJar.Result result = refused(own, "migrate", owner);
            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(result.output())
                    .contains("Schema outbox is now at version")
                    .contains(
                            "Role owner may not make the roles outbox_writer and outbox_relay with all that they need."
                                    + " Let an administrator run this in the same database:\n  CREATE ROLE outbox_writer;\n");
            own.sql(result.output().replaceFirst("(?s).*in the same database:", ""));
            assertThat(refused(own, "migrate", owner).output())
                    .containsPattern("\\ASchema outbox is up to date: version \\d+\\s*\\z");
            own.sql("GRANT outbox_relay TO relay");
            assertThat(own.command("doctor", Map.of()).exitCode()).isZero();
        }
    }

    @Test
    void aRoleThatMayNotMakeTheSchemaIsToldSo() throws Exception {
        role("guest", "LOGIN");
        world.postgres().createDatabase("locked");
        RelayJar.Result result = refused(
                world,
                "migrate",
                Map.of(
                        "OUTBOX_DATABASE_URL",
                        world.postgres().jdbcUrl("locked"),
                        "OUTBOX_DATABASE_USER",
                        "guest",
                        "OUTBOX_DATABASE_PASSWORD",
                        PASSWORD));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("permission denied for database locked");
    }

    @Test
    void aDatabaseThatIsNotInUtf8IsToldWhatToDoInOneLine() {
        Sql.execute(
                world.postgres().dataSource(),
                "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'");
        Map<String, String> database = new HashMap<>(world.administrator());
        database.put("OUTBOX_DATABASE_URL", world.postgres().jdbcUrl("ascii"));
        RelayJar.Result result = refused(world, "migrate", database);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output().strip())
                .isEqualTo(
                        "outbox-relay: The schema could not be made: The outbox needs a database in UTF8, but \"ascii\""
                                + " is in SQL_ASCII. Create the database with ENCODING 'UTF8'; sizes and partitions count bytes of"
                                + " UTF-8.");
    }

    private static RelayJar.Result refused(RelayWorld where, String command, Map<String, String> changed) {
        return Words.requireClear(where.command(command, changed));
    }

    private static void role(String name, String attributes) throws SQLException {
        world.sql(
                "DROP ROLE IF EXISTS " + name,
                "CREATE ROLE " + name + " " + attributes + " PASSWORD '" + PASSWORD + "'");
    }

    /** Takes a WAL sender. */
    private static Connection replicationConnection(PostgresServer server) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", server.user());
        properties.setProperty("password", server.password());
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        return new Driver().connect(server.jdbcUrl(), properties);
    }
}
