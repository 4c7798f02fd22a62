package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import java.util.Map;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command that resets a consumer, on checkpoints as consumers leave them; a thread is the consumer where one is needed. */
class ResetIT {
    private static PostgresServer server;
    private static DataSource database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        server.createDatabase("directory");
        database = server.dataSource("directory");
        Migrations.inbox(database).migrate();
        Sql.execute(
                database,
                "INSERT INTO inbox.checkpoint (consumer, source, partition, stream_sequence, stream_identity)"
                        + " SELECT 'directory', 'accounts', n, 100 + n, 'x' FROM generate_series(0, 15) n");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        Sql.execute(database, "TRUNCATE inbox.start_request");
    }

    @Test
    void withoutYesItOnlySaysWhatItWouldDo() {
        assertThat(run("directory accounts --to beginning", 2).output())
                .contains(
                        "sequence 100 to 115 in 16 partition(s) of accounts", "It would go on at: beginning", "--yes");
        assertThat(Sql.query(database, "SELECT count(*) FROM inbox.start_request"))
                .containsExactly("0");
    }

    @Test
    void itSaysWhatAnInstanceHasDone() throws InterruptedException {
        Thread consumer = Thread.ofVirtual().start(() -> {
            Awaitility.await()
                    .atMost(RelayWorld.PATIENCE)
                    .until(() -> !Sql.query(database, "SELECT id FROM inbox.start_request")
                            .isEmpty());
            Sql.execute(database, "UPDATE inbox.start_request SET done_at = now(), result = 'it starts at sequence 7'");
        });
        assertThat(run("directory accounts --to 2026-11-24T10:00:00+02 --yes", 0)
                        .output())
                .contains("directory/accounts: it starts at sequence 7");
        assertThat(consumer.join(RelayWorld.PATIENCE)).isTrue();
        assertThat(Sql.query(database, "SELECT start_at FROM inbox.start_request"))
                .containsExactly("2026-11-24T08:00:00.000000Z");
    }

    @Test
    void withoutAnInstanceItIsLeftForTheNextOne() {
        assertThat(run("directory accounts --to now --yes", 1).output())
                .contains("requested; the next instance of the consumer that runs does it");
    }

    @Test
    void whatDoesNotExistIsRefusedWithWhatDoes() {
        assertThat(run("workflow accounts --to now --yes", 2).output())
                .contains("There is no consumer \"workflow\"", "\"directory\" of \"accounts\"");
        assertThat(run("directory accounts --to sometimes --yes", 2).output())
                .contains("A consumer cannot start at \"sometimes\"", "beginning, now, a time such as");
        assertThat(run("directory accounts --yes", 2).output()).contains("--to");
        assertThat(Sql.query(database, "SELECT count(*) FROM inbox.start_request"))
                .containsExactly("0");
    }

    private static RelayJar.Result run(String command, int exitCode) {
        RelayJar.Result result = Words.requireClear(RelayJar.run(
                "reset " + command,
                Map.of(
                        "OUTBOX_DATABASE_URL", server.jdbcUrl("directory"),
                        "OUTBOX_DATABASE_USER", server.user(),
                        "OUTBOX_DATABASE_PASSWORD", "any")));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
        return result;
    }
}
