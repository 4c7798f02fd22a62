package dev.aftercommit.relay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.config.DatabaseConfig;
import dev.aftercommit.relay.harness.RelayWorld;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseIT {
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
    void theServerLooksForASilentClientWithinSeconds() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW tcp_keepalives_idle")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("10");
        }
    }

    @Test
    void aLongQueryEndsWithItsClient() throws Exception {
        Connection connection = database.connectForLongQueries();
        Thread.ofVirtual().start(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_sleep(600)");
            } catch (SQLException e) {
                // The client is gone.
            }
        });
        await().atMost(RelayWorld.PATIENCE).until(() -> sleeping().equals(List.of("1")));
        connection.abort(Runnable::run);
        await().atMost(RelayWorld.PATIENCE).until(() -> sleeping().equals(List.of("0")));
    }

    private static List<String> sleeping() {
        return Sql.query(
                server.dataSource(), "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'");
    }
}
