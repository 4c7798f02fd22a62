package dev.aftercommit.relay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.relay.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
}
