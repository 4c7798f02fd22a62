package dev.aftercommit.localservers;

import static dev.aftercommit.localservers.Sql.execute;
import static dev.aftercommit.localservers.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresStandbyIT {
    private static final String NUMBERS = "SELECT n FROM number ORDER BY n";

    @Test
    void aPromotedStandbyHasWhatThePrimaryHadBeforeItFellBehindAndGoesOnWithoutIt() throws Exception {
        try (PostgresServer primary = PostgresServer.start()) {
            execute(primary.dataSource(), "CREATE TABLE number (n int); INSERT INTO number VALUES (1)");
            PostgresServer server;
            try (PostgresStandby standby = PostgresStandby.follow(primary, "postgres", PostgresServer.builder())) {
                server = standby.server();
                execute(primary.dataSource(), "INSERT INTO number VALUES (2)");
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> List.of("1", "2").equals(query(server.dataSource(), NUMBERS)));
                assertThat(query(primary.dataSource(), "SELECT slot_name FROM pg_replication_slots WHERE active"))
                        .containsExactly(standby.slot());
                assertThatThrownBy(() -> execute(server.dataSource(), "INSERT INTO number VALUES (0)"))
                        .hasMessageContaining("read-only");
                standby.fallBehind();
                execute(primary.dataSource(), "INSERT INTO number VALUES (3)");
                primary.kill();
                standby.promote();
            }
            try (server) {
                execute(server.dataSource(), "INSERT INTO number VALUES (4)");
                assertThat(query(server.dataSource(), NUMBERS)).containsExactly("1", "2", "4");
            }
        }
    }
}
