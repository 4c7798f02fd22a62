package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands for a consumer's dead events, on rows as consumers leave them; a thread is the consumer where one is needed. */
class DeadLettersIT {
    private static final UUID POISON = UUID.fromString("0198c0de-0000-7000-8000-000000000001");
    private static final UUID FOLLOWER = UUID.fromString("0198c0de-0000-7000-8000-000000000002");
    private static final UUID OTHER = UUID.fromString("0198c0de-0000-7000-8000-000000000003");

    private static PostgresServer server;
    private static DataSource database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        server.createDatabase("directory");
        database = server.dataSource("directory");
        Migrations.inbox(database).migrate();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void park() {
        Sql.execute(database, "TRUNCATE inbox.parked_event");
        park("directory", POISON, "42", "dead");
        park("directory", FOLLOWER, "42", "waiting");
        park("workflow", OTHER, "7", "dead");
    }

    private static void park(String consumer, UUID event, String aggregate, String state) {
        Sql.execute(
                database,
                "INSERT INTO inbox.parked_event (consumer, source, partition, aggregate_type, aggregate_id, event_id,"
                        + " event_type, position, stream_sequence, headers, payload, state, attempts, error) VALUES ('"
                        + consumer + "', 'accounts', 3, 'account', '" + aggregate + "', '" + event
                        + "', 'AccountCreated', '00000001-0000000000000470-00000000', 1, '{\"ce-id\": \"" + event
                        + "\"}', convert_to('{\"username\": \"secret\"}', 'UTF8'), '" + state
                        + "', 20, 'com.example.NoSuchAccount at Directory.on')");
    }

    @Test
    void theyAreListedWithWhatWaitsBehindThemAndWithoutTheirPayload() throws Exception {
        assertThat(run("list", 1).output())
                .contains("directory/accounts account/42: AccountCreated " + POISON, "20 attempts, 1 waiting behind it")
                .contains("com.example.NoSuchAccount at Directory.on", "workflow/accounts account/7")
                .doesNotContain(FOLLOWER.toString(), "secret");
        assertThat(run("list --consumer workflow", 1).output())
                .contains("account/7")
                .doesNotContain("account/42");
        assertThat(run("list --limit 1", 1).output()).contains("... and 1 more");
        assertThat(run("list --type AccountClosed", 0).output()).contains("No event is dead of type AccountClosed.");
        JsonNode json = new ObjectMapper()
                .readTree(run("list --json --aggregate account/42", 1).output());
        assertThat(json).hasSize(1);
        assertThat(json.get(0).get("event").asText()).isEqualTo(POISON.toString());
        assertThat(json.get(0).get("waiting").asLong()).isOne();
    }

    @Test
    void oneIsShownWithEverything() {
        assertThat(run("show " + POISON, 0).output())
                .contains("Consumer directory (dead)", "ce-id", "{\"username\": \"secret\"}");
        assertThat(run("show " + POISON + " --consumer workflow", 1).output()).contains("Nobody holds back event");
    }

    @Test
    void redriveSaysWhatHasBecomeOfThem() throws InterruptedException {
        Thread consumer = Thread.ofVirtual().start(() -> {
            awaitRetrying(2);
            Sql.execute(database, "DELETE FROM inbox.parked_event WHERE event_id = '" + POISON + "'");
            Sql.execute(
                    database,
                    "UPDATE inbox.parked_event SET state = 'dead', next_attempt = NULL, attempts = 1, error = 'it again'"
                            + " WHERE event_id = '" + OTHER + "'");
        });
        assertThat(run("redrive --all", 1).output())
                .contains("1 of 2 event(s) of all consumers have passed.")
                .contains("0 have failed again and are tried further, 1 are dead again: it again");
        assertThat(consumer.join(RelayWorld.PATIENCE)).isTrue();
        assertThat(run("redrive --event " + POISON, 1).output()).contains("No event is dead of event " + POISON);
    }

    /** The command is a process that starts meanwhile. */
    private static void awaitRetrying(int events) {
        Awaitility.await()
                .atMost(RelayWorld.PATIENCE)
                .until(() -> Sql.query(database, "SELECT count(*) FROM inbox.parked_event WHERE state = 'retrying'")
                        .equals(List.of(Integer.toString(events))));
    }

    @Test
    void redriveWithoutAConsumerSaysThatNobodyHasTriedThem() {
        assertThat(run("redrive --consumer directory", 1).output())
                .contains("0 of 1 event(s) of consumer directory have passed.")
                .contains("1 were not tried yet: the next instance of the consumer that runs tries them.");
        assertThat(Sql.query(
                        database, "SELECT state, attempts FROM inbox.parked_event WHERE event_id = '" + POISON + "'"))
                .containsExactly("retrying|0");
    }

    @Test
    void whatAnotherConsumerHoldsBackOfTheSameEventIsNotCounted() throws InterruptedException {
        park("audit", POISON, "42", "dead");
        Thread consumer = Thread.ofVirtual().start(() -> {
            awaitRetrying(1);
            Sql.execute(
                    database,
                    "DELETE FROM inbox.parked_event WHERE consumer = 'directory' AND event_id = '" + POISON + "'");
        });
        assertThat(run("redrive --consumer directory", 0).output())
                .contains("1 of 1 event(s) of consumer directory have passed.")
                .doesNotContain("dead again");
        assertThat(consumer.join(RelayWorld.PATIENCE)).isTrue();
    }

    @Test
    void discardAsksFirstAndLetsTheNextOneGoOn() {
        assertThat(run("discard --event " + POISON, 2).output()).contains("1 event(s) of event", "add --yes");
        assertThat(run("discard --event " + POISON + " --yes", 0).output()).contains("are discarded");
        assertThat(Sql.query(database, "SELECT event_id, state FROM inbox.parked_event ORDER BY id"))
                .containsExactly(FOLLOWER + "|retrying", OTHER + "|dead");
        assertThat(run("discard --event " + POISON + " --yes", 1).output()).contains("No event is dead");
    }

    @Test
    void everythingIsMeantOnlyWhenItIsSaid() {
        assertThat(run("redrive", 2).output()).contains("Say which: --consumer", "--all");
        assertThat(run("discard --yes", 2).output()).contains("Say which: --consumer", "--all");
    }

    @Test
    void aDatabaseThatIsNoConsumersIsNamed() {
        Map<String, String> source = Map.of(
                "OUTBOX_DATABASE_URL", server.jdbcUrl("postgres"),
                "OUTBOX_DATABASE_USER", server.user(),
                "OUTBOX_DATABASE_PASSWORD", "any");
        RelayJar.Result result = Words.requireClear(RelayJar.run("dead-letters list", source));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(2);
        assertThat(result.output()).contains("has no table inbox.parked_event", "migrate --inbox");
    }

    private static RelayJar.Result run(String command, int exitCode) {
        RelayJar.Result result = Words.requireClear(RelayJar.run(
                "dead-letters " + command,
                Map.of(
                        "OUTBOX_DATABASE_URL", server.jdbcUrl("directory"),
                        "OUTBOX_DATABASE_USER", server.user(),
                        "OUTBOX_DATABASE_PASSWORD", "any")));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
        return result;
    }
}
