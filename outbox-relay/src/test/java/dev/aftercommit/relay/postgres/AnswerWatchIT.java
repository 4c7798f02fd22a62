package dev.aftercommit.relay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.NetworkLink;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.harness.RelayWorld;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class AnswerWatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static PostgresServer server;
    private static Database database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        database = new Database(new DatabaseConfig(server.jdbcUrl(), server.user(), server.password()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAnswerThatTheNetworkHasSwallowedIsNotWaitedFor() throws Exception {
        try (NetworkLink link = new NetworkLink(server.port())) {
            String url = server.jdbcUrl().replace(":" + server.port() + "/", ":" + link.port() + "/");
            Database throughLink = new Database(new DatabaseConfig(url, server.user(), server.password()));
            try (Connection connection = throughLink.connectForLongQueries();
                    AnswerWatch watch = AnswerWatch.over(database, connection, PATIENCE)) {
                watch.waits();
                CompletableFuture<Void> query = sleep(connection, 5);
                awaitThatItRuns();
                link.line().cut();
                assertThatThrownBy(query::join).hasMessageContaining("I/O error");
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aQueryThatPostgresWorksOnMayTakeItsTime() throws Exception {
        try (Connection connection = database.connectForLongQueries();
                AnswerWatch watch = AnswerWatch.over(database, connection, PATIENCE)) {
            watch.waits();
            sleep(connection, 4).join();
            watch.isAnswered();
            Thread.sleep(PATIENCE.multipliedBy(2));
            assertThat(connection.isValid(30)).as("nobody waits").isTrue();
        }
    }

    @Test
    void aSlotThatWaitsForOldTransactionsIsWorkedOn() throws Exception {
        try (Connection old = database.connect();
                Connection replication = database.connectForReplication();
                AnswerWatch watch = AnswerWatch.over(database, replication, PATIENCE)) {
            old.setAutoCommit(false);
            try (Statement statement = old.createStatement()) {
                statement.execute("SELECT pg_current_xact_id()");
            }
            watch.waits();
            CompletableFuture<Void> slot =
                    run(replication, "CREATE_REPLICATION_SLOT waiting TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT");
            Thread.sleep(PATIENCE.multipliedBy(4));
            assertThat(slot).isNotDone();
            old.commit();
            slot.join();
        }
    }

    private static void awaitThatItRuns() {
        await().atMost(RelayWorld.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Sql.query(
                                server.dataSource(),
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                        .equals(List.of("1")));
    }

    private static CompletableFuture<Void> sleep(Connection connection, int seconds) {
        return run(connection, "SELECT pg_sleep(" + seconds + ")");
    }

    private static CompletableFuture<Void> run(Connection connection, String command) {
        return CompletableFuture.runAsync(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(command);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
