package dev.aftercommit.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseConfigIT {
    private static PostgresServer server;
    private static DatabaseConfig config;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        config = new DatabaseConfig(server.jdbcUrl(), server.user(), server.password());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theServerLooksForASilentClientWithinSeconds() throws SQLException {
        try (Connection connection = config.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW tcp_keepalives_idle")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("10");
        }
    }
}
