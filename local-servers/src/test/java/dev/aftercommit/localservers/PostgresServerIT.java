package dev.aftercommit.localservers;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void itIsReadyForLogicalReplication() {
        assertThat(query(server.dataSource(), "SHOW wal_level")).containsExactly("logical");
        assertThat(query(server.dataSource(), "SHOW max_replication_slots")).containsExactly("20");
        assertThat(query(server.dataSource(), "SHOW fsync")).containsExactly("on");
        assertThat(query(
                        server.dataSource(),
                        "SELECT slot_name FROM pg_create_logical_replication_slot('ready', 'pgoutput', true)"))
                .containsExactly("ready");
    }

    @Test
    void databasesAreCreatedByAnyName() {
        server.createDatabase("Orders \"2\"");

        assertThat(query(server.dataSource(), "SELECT datname FROM pg_database"))
                .contains("Orders \"2\"");
    }

    @Test
    void whatWasCommittedBeforeAKillIsThereAfterwards() throws Exception {
        server.createDatabase("kills");
        DataSource database = server.dataSource("kills");
        execute(database, "CREATE TABLE number (n bigint PRIMARY KEY)");
        List<String> committed = new CopyOnWriteArrayList<>();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 1; round <= 3; round++) {
                int before = committed.size();
                for (int writer = 0; writer < 4; writer++) {
                    long first = round * 10_000_000L + writer * 1_000_000L;
                    var unused = writers.submit(() -> writeUntilTheServerDies(database, first, committed));
                }
                await().atMost(PATIENCE).until(() -> committed.size() >= before + 200);

                server.kill();
                assertThatThrownBy(database::getConnection).isInstanceOf(SQLException.class);
                server.startAgain();

                assertThat(query(database, "SELECT n FROM number")).containsAll(committed);
            }
        }
    }

    @Test
    void aRestartKeepsPortAndData() throws SQLException {
        execute(server.dataSource(), "CREATE TABLE kept (n int)");
        String url = server.jdbcUrl();
        try (Connection open = server.dataSource().getConnection()) {
            server.restart();
            assertThat(open.isValid(1)).isFalse();
        }
        assertThat(server.jdbcUrl()).isEqualTo(url);
        assertThat(query(server.dataSource(), "SELECT count(*) FROM kept")).containsExactly("0");
    }

    @Test
    void aCopyOfTheDataBringsBackWhatWasThereAndStartsOtherServers(@TempDir Path folder) {
        Path copy = folder.resolve("copy");
        try (PostgresServer restored = PostgresServer.start()) {
            execute(restored.dataSource(), "CREATE TABLE kept (n int)");
            assertThatThrownBy(() -> restored.copyData(copy)).hasMessageContaining("runs: stop or kill it");
            restored.kill();
            restored.copyData(copy);
            restored.startAgain();
            execute(restored.dataSource(), "INSERT INTO kept VALUES (1)");

            restored.kill();
            restored.restoreData(copy);
            restored.startAgain();

            assertThat(query(restored.dataSource(), "SELECT count(*) FROM kept"))
                    .containsExactly("0");
        }
        try (PostgresServer other = PostgresServer.builder().copyOf(copy).start()) {
            assertThat(query(other.dataSource(), "SELECT count(*) FROM kept")).containsExactly("0");
        }
    }

    @Test
    void aServerThatIsDownIsTheOriginalOfOthersAndARunningOneIsNot() {
        try (PostgresServer original = PostgresServer.start()) {
            execute(original.dataSource(), "CREATE TABLE kept (n int)");
            PostgresServer.Builder copy = PostgresServer.builder().copyOf(original);
            assertThatThrownBy(copy::start).hasMessageContaining("runs: stop or kill it");
            original.stop();
            try (PostgresServer first = copy.start();
                    PostgresServer second = copy.start()) {
                execute(first.dataSource(), "INSERT INTO kept VALUES (1)");
                assertThat(query(second.dataSource(), "SELECT count(*) FROM kept"))
                        .containsExactly("0");
            }
        }
    }

    @Test
    void aRunningServerIsNotStartedAgain() {
        assertThatThrownBy(server::startAgain).hasMessageContaining("already runs");
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> PostgresServer.builder()
                        .setting("max_connections", "no number")
                        .start())
                .hasMessageContaining("invalid value for parameter \"max_connections\"");
    }

    @Test
    void closeDeletesItsOwnDataAndLeavesThoseOfANamedFolder(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path data = folder.resolve("data");
        try (PostgresServer named = PostgresServer.builder().dataDirectory(data).start()) {
            execute(named.dataSource(), "CREATE TABLE kept (n int)");
        }
        try (PostgresServer again = PostgresServer.builder().dataDirectory(data).start()) {
            assertThat(query(again.dataSource(), "SELECT count(*) FROM kept")).containsExactly("0");
        }
        Path temporary;
        try (PostgresServer own = PostgresServer.start()) {
            temporary = own.log().getParent();
            assertThat(temporary).isDirectory();
        }
        assertThat(temporary).doesNotExist();
        assertThat(Files.isDirectory(data)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void everySupportedMajorVersionStarts(int majorVersion) {
        try (PostgresServer other =
                PostgresServer.builder().majorVersion(majorVersion).start()) {
            assertThat(query(other.dataSource(), "SHOW server_version").getFirst())
                    .startsWith(majorVersion + ".");
        }
    }

    private static void writeUntilTheServerDies(DataSource database, long first, List<String> committed) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (long n = first; ; n++) {
                statement.execute("INSERT INTO number VALUES (" + n + ")");
                committed.add(Long.toString(n));
            }
        } catch (SQLException killed) {
            // what this writer waits for: an insert that was not acknowledged is not in the list
        }
    }
}
