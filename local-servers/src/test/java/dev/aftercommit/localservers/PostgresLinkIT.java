package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresLinkIT {
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
    void theReplicationLineAloneIsCut() throws Exception {
        try (PostgresLink link = new PostgresLink(server.port());
                Connection sql = connect(link, null);
                Connection replication = connect(link, "database")) {
            link.replication().cut();

            assertThat(answers(sql)).isTrue();
            assertThat(answers(replication)).isFalse();
        }
    }

    @Test
    void theSqlLineAloneIsCut() throws Exception {
        try (PostgresLink link = new PostgresLink(server.port());
                Connection sql = connect(link, null);
                Connection replication = connect(link, "database")) {
            link.sql().cut();

            assertThat(answers(replication)).isTrue();
            assertThat(answers(sql)).isFalse();
        }
    }

    @Test
    void aMendedLineDeliversWhatWasOnItsWay() throws Exception {
        try (PostgresLink link = new PostgresLink(server.port())) {
            link.sql().cut();
            assertThatThrownBy(() -> connect(link, null)).isInstanceOf(SQLException.class);

            link.sql().mend();

            try (Connection sql = connect(link, null)) {
                assertThat(answers(sql)).isTrue();
            }
        }
    }

    private static Connection connect(PostgresLink link, String replication) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", server.user());
        properties.setProperty("password", server.password());
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("socketTimeout", "2");
        if (replication != null) {
            properties.setProperty("replication", replication);
            properties.setProperty("preferQueryMode", "simple");
            properties.setProperty("assumeMinServerVersion", "10");
        }
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + link.port() + "/postgres", properties);
    }

    private static boolean answers(Connection connection) {
        try (ResultSet row = connection.createStatement().executeQuery("SELECT 1")) {
            return row.next();
        } catch (SQLException e) {
            return false;
        }
    }
}
