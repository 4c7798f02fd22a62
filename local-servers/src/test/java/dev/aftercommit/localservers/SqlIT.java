package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SqlIT {
    private static PostgresServer server;
    private static DataSource database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        database = server.dataSource();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRowIsItsColumnsTexts() {
        assertThat(Sql.query(database, "SELECT n, n > 1, nullif(n, 2) FROM generate_series(1, 2) n ORDER BY n"))
                .containsExactly("1|f|1", "2|t|null");
    }

    @Test
    void aQueryWithoutRowsIsEmpty() {
        assertThat(Sql.query(database, "SELECT 1 WHERE false")).isEmpty();
    }

    @Test
    void whatIsExecutedIsCommitted() {
        Sql.execute(database, "CREATE TABLE number (n int); INSERT INTO number VALUES (7)");

        assertThat(Sql.query(database, "SELECT n FROM number")).containsExactly("7");
    }

    @Test
    void aFailureSaysWhatTheDatabaseSaid() {
        assertThatThrownBy(() -> Sql.execute(database, "SELECT 1 / 0"))
                .hasMessageContaining("division by zero")
                .hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> Sql.query(database, "SELECT 1 / 0")).hasMessageContaining("division by zero");
    }
}
