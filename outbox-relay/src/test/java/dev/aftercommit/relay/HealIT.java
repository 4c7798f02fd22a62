package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.PurgeOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a blocked relay asks a person to decide: first it is said what a decision changes, then it is done once. */
class HealIT {
    private RelayWorld world;

    @BeforeEach
    void start() {
        world = new RelayWorld();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aStreamIsMadeAgainWhenSomebodyDecidesSo() throws Exception {
        RelayWorld.Relay relay = blockedByAPurge(100, 40);
        assertThat(world.get(relay, "/readyz"))
                .contains("\"outbox-relay heal rebuild-stream\" has the stream deleted and made again")
                .contains("\"outbox-relay heal accept-removal\" does without what was removed");

        RelayJar.Result choices = heal("", 1, Map.of());
        assertThat(choices.output())
                .contains("Messages were removed from the stream by hand", "heal rebuild-stream", "heal accept-removal")
                .contains("Stream OUTBOX_ACCOUNTS is deleted, with its 61 messages.")
                .contains("Of every message the event is in outbox.event")
                .contains("the stream begins at sequence 40");
        assertThat(heal(" rebuild-stream --dry-run", 0, world.operator()).output())
                .contains("Nothing was changed.");
        assertThat(heal(" rebuild-stream", 2, world.operator()).output())
                .contains("Type the name of the source, accounts, to do it", "Nothing was changed.");
        assertThat(heal(" give-up-gone", 2, world.operator()).output())
                .contains("There is nothing to decide by \"give-up-gone\". Messages were removed");
        assertThat(heal(" rebuild-stream --yes", 1, Map.of()).output())
                .as("the relay's own login may not delete a stream")
                .contains("Stream OUTBOX_ACCOUNTS cannot be deleted", "$JS.API.STREAM.DELETE.OUTBOX_ACCOUNTS");
        assertThat(world.readStream()).hasSize(61);
        assertThat(world.query("SELECT count(*) FROM outbox.incident")).isEqualTo("0");

        RelayJar.Result done = world.command("heal rebuild-stream", world.operator(), "accounts\n");

        assertThat(done.exitCode()).as(done.output()).isZero();
        world.awaitState(relay, "streaming");
        awaitAllStored();
        assertThat(incidents()).isEqualTo("decision stream-made-anew");
        assertThat(heal("", 0, Map.of()).output()).contains("There is nothing to decide");
    }

    @Test
    void whatWasRemovedStaysMissingWhenSomebodyDecidesSo() throws Exception {
        RelayWorld.Relay relay = blockedByAPurge(100, 40);

        heal(" accept-removal --yes", 0, Map.of());

        world.awaitState(relay, "streaming");
        Writers.write(world, 20);
        world.awaitStored(140);
        List<StoredMessage> events = world.readStream();
        assertThat(events).hasSize(101);
        assertThat(events.getFirst().sequence()).isEqualTo(40);
        assertThat(incidents()).isEqualTo("decision");
        assertThat(world.query("SELECT detail FROM outbox.incident"))
                .contains("A person decided \"accept-removal\". Messages were removed from the stream by hand");
    }

    /** Nobody could ask a process that ends, and ends again each time it is started, what it waits for. */
    @Test
    void aRelayThatIsBlockedWhenItStartsStaysAndGoesOnByItself() throws Exception {
        RelayWorld.Relay first = world.start();
        Writers.write(world, 100);
        world.awaitStored(100);
        assertThat(first.process().terminate(Duration.ofSeconds(25))).isZero();
        purgeBefore(40);
        RelayWorld.Relay relay = world.launch();
        world.awaitState(relay, "blocked: Messages were removed from the stream by hand");

        heal(" accept-removal --yes", 0, Map.of());

        world.awaitState(relay, "streaming");
        Writers.write(world, 20);
        world.awaitStored(120);
    }

    @Test
    void eventsThatAreGoneAreGivenUpWhenSomebodyDecidesSo() throws Exception {
        owedAndDeleted(30, 10);
        RelayWorld.Relay relay = world.launch();
        world.awaitState(relay, "blocked");
        assertThat(world.get(relay, "/readyz"))
                .contains("is owed to the stream, but not in outbox.event any more")
                .doesNotContain("heal");
        assertThat(heal(" give-up-gone --yes", 2, Map.of()).output())
                .as("for an hour they may only be waiting for a synchronous standby")
                .contains("Nothing is blocked");

        twoHoursPass();
        await().atMost(RelayWorld.PATIENCE)
                .untilAsserted(() -> assertThat(world.get(relay, "/readyz"))
                        .contains("\"outbox-relay heal give-up-gone\" gives up"));
        assertThat(heal("", 1, Map.of()).output())
                .contains("10 events are never published, even if their rows are brought back: the first of them ");
        assertThat(world.readStream()).hasSize(20);

        heal(" give-up-gone --yes", 0, Map.of());

        world.awaitState(relay, "streaming");
        awaitAllStored();
        assertThat(incidents()).endsWith("decision");
        assertThat(world.query("SELECT detail FROM outbox.incident WHERE kind = 'decision'"))
                .contains("10 events are never published");
        assertThat(world.query("SELECT sum(events) FROM outbox.journal WHERE kind = 'discarded'"))
                .isEqualTo("10");
    }

    /** A stream that is made again may begin behind what retention has dropped, and behind nothing else. */
    @Test
    void eventsThatNobodyHasDroppedAreMissedByAnEmptyStreamToo() throws Exception {
        RelayWorld.Relay first = world.start();
        Writers.write(world, 30);
        world.awaitStored(30);
        assertThat(first.process().terminate(Duration.ofSeconds(25))).isZero();
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement().deleteStream(RelayWorld.STREAM);
        }
        deleteFromTheTable(0, 10);
        twoHoursPass();

        RelayWorld.Relay relay = world.launch();

        world.awaitState(relay, "blocked");
        assertThat(world.get(relay, "/readyz"))
                .contains("is owed to the stream, but not in outbox.event any more", "heal give-up-gone");
        assertThat(world.readStream()).isEmpty();
        assertThat(heal(" give-up-gone --yes", 0, Map.of()).output()).contains("10 events are never published");
        world.awaitState(relay, "streaming");
        awaitAllStored();
    }

    /** A database whose stream somebody else fills: only a person can tell which of the two is to go on. */
    @Test
    void theStreamOfAnotherDatabaseIsNotDeletedBeforeItIsSaidWhatIsLost() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 30);
        world.awaitStored(30);
        assertThat(relay.process().terminate(Duration.ofSeconds(25))).isZero();
        world.sql("UPDATE outbox.history SET id = gen_random_uuid()");
        world.sql(
                "ALTER TABLE outbox.event DISABLE TRIGGER append_only",
                "DELETE FROM outbox.event",
                "ALTER TABLE outbox.event ENABLE TRIGGER append_only");

        assertThat(heal(" rebuild-stream --dry-run", 0, Map.of()).output())
                .contains(
                        "30 of the messages are of events that are not in outbox.event; they are lost, the first of them");
    }

    private RelayJar.Result heal(String arguments, int exitCode, Map<String, String> login) {
        RelayJar.Result result = Words.requireClear(world.command("heal" + arguments, login));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
        return result;
    }

    /** Messages are removed from the beginning, and newer ones stand behind. */
    private RelayWorld.Relay blockedByAPurge(int events, int first) throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, events);
        world.awaitStored(events);
        purgeBefore(first);
        world.awaitState(relay, "blocked");
        Writers.write(world, 20);
        return relay;
    }

    private void purgeBefore(long sequence) throws Exception {
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement()
                    .purgeStream(
                            RelayWorld.STREAM,
                            PurgeOptions.builder().sequence(sequence).build());
        }
    }

    /** The broker has lost all behind its 20th message, and the table some of the rows of those that it lost. */
    private void owedAndDeleted(int events, int deleted) throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, events + 20);
        world.awaitStored(events + 20L);
        assertThat(relay.process().terminate(Duration.ofSeconds(25))).isZero();
        try (Connection nats = world.natsConnection()) {
            for (long sequence = events + 20L; sequence > 20; sequence--) {
                nats.jetStreamManagement().deleteMessage(RelayWorld.STREAM, sequence);
            }
        }
        deleteFromTheTable(25, deleted);
    }

    private void deleteFromTheTable(int behind, int events) throws SQLException {
        world.sql(
                "ALTER TABLE outbox.event DISABLE TRIGGER append_only",
                "DELETE FROM outbox.event WHERE id IN (SELECT event_id FROM outbox.journal_events()"
                        + " ORDER BY position OFFSET " + behind + " LIMIT " + events + ")",
                "ALTER TABLE outbox.event ENABLE TRIGGER append_only");
    }

    /** The commit times in the journal are moved instead of the clock. */
    private void twoHoursPass() throws SQLException {
        world.sql("""
                UPDATE outbox.journal j
                   SET packed = (SELECT string_agg(overlay(substring(j.packed FROM 36 * i + 1 FOR 36) PLACING int8send(
                                            (extract(epoch FROM now() - interval '2 hours') * 1000000)::bigint) FROM 29),
                                        ''::bytea ORDER BY i)
                                   FROM generate_series(0, j.events - 1) AS i)
                 WHERE events > 0""");
    }

    private void awaitAllStored() throws Exception {
        List<String> committed = List.of(world.query("SELECT string_agg(id::text, ',') FROM outbox.event")
                .split(","));
        await().atMost(RelayWorld.PATIENCE).ignoreExceptions().untilAsserted(() -> {
            List<StoredMessage> events = world.readStream();
            assertThat(events.stream().map(StoredMessage::id)).containsExactlyInAnyOrderElementsOf(committed);
            assertThat(events).extracting(StoredMessage::position).isSorted();
        });
    }

    private String incidents() throws SQLException {
        return world.query("SELECT string_agg(kind, ' ' ORDER BY id) FROM outbox.incident");
    }
}
