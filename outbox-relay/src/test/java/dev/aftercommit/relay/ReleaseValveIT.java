package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream that takes nothing does not fill the database's disk, and gets everything in commit order afterwards. */
class ReleaseValveIT {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseValveIT.class);
    private static final long BUDGET_MB = 128;

    private RelayWorld world;

    @BeforeEach
    void start() throws Exception {
        world = new RelayWorld();
        world.sql(
                // VACUUM writes a table to the WAL once more, with checksums, at a moment of its own.
                "CREATE TABLE public.noise (text text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)",
                "ALTER TABLE public.noise ALTER COLUMN text SET STORAGE EXTERNAL",
                "ALTER SYSTEM SET max_wal_size = '64MB'",
                "ALTER SYSTEM SET min_wal_size = '32MB'",
                "SELECT pg_reload_conf()");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aDeadBrokerUnderHeavyWritesHoldsBackNoMoreWalThanTheBudget() throws Exception {
        RelayWorld.Relay relay = startWithBudget();
        Writers.write(world, 100);
        world.awaitStored(100);
        world.nats().kill();
        List<Long> retained = writeNoiseAndEvents(relay, 3 * BUDGET_MB);
        LOG.warn("WAL held back, MB: {}", retained);
        assertThat(retained).allMatch(megabytes -> megabytes < BUDGET_MB);
        world.nats().startAgain();
        verifyAllStoredInOrder(relay);
    }

    @Test
    void aRelayThatStartsWhileTheBrokerIsAwayLetsTheWalGoToo() throws Exception {
        RelayWorld.Relay first = startWithBudget();
        Writers.write(world, 100);
        world.awaitStored(100);
        first.process().kill();
        world.nats().kill();
        RelayWorld.Relay relay = world.launch("run", budget());
        List<Long> retained = writeNoiseAndEvents(relay, BUDGET_MB * 3 / 2);
        LOG.warn("WAL held back, MB: {}", retained);
        assertThat(retained).allMatch(megabytes -> megabytes < BUDGET_MB);
        world.nats().startAgain();
        verifyAllStoredInOrder(relay);
    }

    @Test
    void aFullStreamHoldsBackNoMoreWalThanTheBudget() throws Exception {
        RelayWorld.Relay relay = startWithBudget();
        Writers.write(world, 100);
        world.awaitStored(100);
        limitStream(100);
        List<Long> retained = writeNoiseAndEvents(relay, BUDGET_MB * 3 / 2);
        LOG.warn("WAL held back, MB: {}", retained);
        assertThat(retained).allMatch(megabytes -> megabytes < BUDGET_MB);
        limitStream(-1);
        verifyAllStoredInOrder(relay);
    }

    private Map<String, String> budget() {
        return Map.of("OUTBOX_WAL_BUDGET_MB", Long.toString(BUDGET_MB));
    }

    private RelayWorld.Relay startWithBudget() {
        RelayWorld.Relay relay = world.launch("run", budget());
        world.awaitState(relay, "streaming");
        return relay;
    }

    private void limitStream(long messages) throws Exception {
        try (Connection nats = world.natsConnection()) {
            StreamConfiguration found =
                    nats.jetStreamManagement().getStreamInfo(RelayWorld.STREAM).getConfiguration();
            nats.jetStreamManagement()
                    .updateStream(StreamConfiguration.builder(found)
                            .discardPolicy(DiscardPolicy.New)
                            .maxMessages(messages)
                            .build());
        }
    }

    /** Other tables write more than the budget, some events with it; says how much WAL was held back meanwhile. */
    private List<Long> writeNoiseAndEvents(RelayWorld.Relay relay, long megabytes) throws Exception {
        List<Long> retained = new ArrayList<>();
        for (long written = 0; written < megabytes; written += 10) {
            world.sql("INSERT INTO public.noise SELECT repeat(md5(n::text), 3200) FROM generate_series(1, 100) AS n");
            Writers.write(world, 20);
            world.sql("CHECKPOINT");
            retained.add(retainedMegabytes());
            awaitRoom();
        }
        assertThat(relay.process().isAlive()).as(relay.output()).isTrue();
        return retained;
    }

    /** Heavy writes, but not more within one of the relay's pauses than the budget can hold. */
    private void awaitRoom() {
        await().pollInterval(Duration.ofMillis(100))
                .atMost(RelayWorld.PATIENCE)
                .untilAsserted(() -> assertThat(retainedMegabytes())
                        .as(world::describeProcesses)
                        .isLessThan(BUDGET_MB * 3 / 4));
    }

    private long retainedMegabytes() throws SQLException {
        return Long.parseLong(world.query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint / 1048576"
                + " FROM pg_replication_slots WHERE slot_name = 'outbox'"));
    }

    private void verifyAllStoredInOrder(RelayWorld.Relay relay) throws Exception {
        world.awaitState(relay, "streaming");
        Writers.write(world, 20);
        String committed = world.query("SELECT string_agg(id::text, ',' ORDER BY created_at, id) FROM outbox.event");
        List<String> ids = List.of(committed.split(","));
        world.awaitStored(ids.size());
        List<StoredMessage> events = world.readStream();
        assertThat(events.stream().map(StoredMessage::id)).containsExactlyElementsOf(ids);
        assertThat(events).extracting(StoredMessage::position).isSorted();
        assertThat(world.query("SELECT count(*) FROM outbox.incident")).isEqualTo("0");
        assertThat(relay.output()).contains("the order of the events is journaled and the WAL let go");
    }
}
