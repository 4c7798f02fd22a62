package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slot or a stream that does not go with the database's past: refused, and nothing is made anew over it. */
class LostSlotIT {
    private RelayWorld world;

    @BeforeEach
    void start() {
        world = new RelayWorld().migrated();
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aSlotThatIsGoneIsNotMadeAnew() throws Exception {
        publishSomeAndStop();
        world.sql("SELECT pg_drop_replication_slot('outbox')");
        Writers.write(world, 5);
        for (String command : new String[] {"run", "doctor"}) {
            RelayJar.Result result = Words.requireClear(world.command(command, Map.of()));
            assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
            assertThat(result.output())
                    .contains("Replication slot \"outbox\" of epoch 1 is lost: it does not exist any more.")
                    .contains("Nothing is gone: the events are in outbox.event")
                    .contains("See docs/how-to/lost-slot.md.");
        }
        assertNoSlot();
        assertThat(world.stored()).isEqualTo(10);
        assertThat(world.query("SELECT count(*) FROM outbox.event")).isEqualTo("15");
        assertThat(world.query("SELECT count(*) FROM outbox.epoch")).isEqualTo("1");
    }

    @Test
    void aSlotThatIsGoneIsNotMadeAnewWhenTheStreamIsGoneToo() throws Exception {
        publishSomeAndStop();
        world.sql("SELECT pg_drop_replication_slot('outbox')");
        try (io.nats.client.Connection nats = world.natsConnection()) {
            nats.jetStreamManagement().deleteStream(RelayWorld.STREAM);
        }
        RelayJar.Result result = Words.requireClear(world.command("run", Map.of()));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("is lost: it does not exist any more")
                .contains("the last one published is not known");
        assertNoSlot();
    }

    @Test
    void aSlotThatIsDroppedWhileTheRelayRunsBlocksItAndItSaysSoEverywhere() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 10);
        world.awaitStored(10);
        dropTheSlotUnderTheRelay();
        world.awaitState(relay, "blocked");
        assertThat(world.get(relay, "/livez")).startsWith("503 blocked: Replication slot \"outbox\"");
        assertThat(world.get(relay, "/readyz")).startsWith("503 blocked: ").contains("does not exist any more");
        assertThat(world.get(relay, "/status"))
                .contains("\"state\" : \"blocked\"")
                .contains("\"error\" : \"slot-lost\"");
        assertThat(world.get(relay, "/metrics"))
                .contains("outbox_relay_state{source=\"accounts\",state=\"blocked\"} 1.0");
        Writers.write(world, 5);
        assertThat(relay.process().isAlive()).isTrue();
        assertNoSlot();
        Words.requireClear(relay.output());
        assertThat(relay.output().lines().filter(line -> line.contains("WARN") || line.contains("ERROR")))
                .as(relay.output())
                .hasSizeLessThanOrEqualTo(2);
        assertThat(relay.process().terminate(Duration.ofSeconds(10))).isZero();
        assertThat(world.stored()).isEqualTo(10);
    }

    @Test
    void theStreamOfAnotherDatabaseIsNotWrittenTo() throws Exception {
        publishSomeAndStop();
        world.postgres().createDatabase("other");
        world.sql("SELECT pg_drop_replication_slot('outbox')");
        Map<String, String> other =
                Map.of("OUTBOX_DATABASE_URL", world.postgres().jdbcUrl("other"));
        assertThat(world.command("migrate", other).exitCode()).isZero();
        for (String command : new String[] {"run", "doctor"}) {
            RelayJar.Result result = Words.requireClear(world.command(command, other));
            assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
            assertThat(result.output())
                    .contains(
                            "The stream holds events already (last sequence 10), but this database was never published.")
                    .contains("OUTBOX_SOURCE or OUTBOX_DATABASE_URL");
        }
        assertNoSlot();
        assertThat(world.stored()).isEqualTo(10);
    }

    @Test
    void aPublicationThatWasDroppedLaterIsALossToo() throws Exception {
        publishSomeAndStop();
        world.sql("DROP PUBLICATION outbox");
        RelayJar.Result result = Words.requireClear(world.command("run", Map.of()));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("its publication \"outbox\" was dropped");
        assertThat(world.query("SELECT count(*) FROM pg_publication")).isEqualTo("0");
    }

    private void publishSomeAndStop() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 10);
        world.awaitStored(10);
        assertThat(relay.process().terminate(Duration.ofSeconds(25)))
                .as(relay.output())
                .isZero();
    }

    /** PostgreSQL refuses to drop a slot in use, so its sender goes first; the relay tries to be back before that. */
    private void dropTheSlotUnderTheRelay() {
        await().atMost(RelayWorld.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            try {
                world.sql("SELECT pg_terminate_backend(active_pid, 1000) FROM pg_replication_slots"
                        + " WHERE slot_name = 'outbox' AND active");
                world.sql("SELECT pg_drop_replication_slot('outbox')");
                return true;
            } catch (SQLException e) {
                return false;
            }
        });
    }

    private void assertNoSlot() throws SQLException {
        assertThat(world.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }
}
