package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.localservers.PostgresStandby;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.OutboxDump;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The database goes on in another server: a standby that is promoted, or a cluster that a dump was restored in. */
class FailoverIT {
    private static final String OUTBOX_SLOT = " FROM pg_replication_slots WHERE slot_name = 'outbox'";

    private final List<AutoCloseable> open = new ArrayList<>();

    private RelayWorld world;
    private PostgresStandby standby;

    /** What the relay has for the database's address. */
    private PostgresLink address;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18})
    void whatAPromotedStandbyLacksIsNamedAndWhatItHasIsStoredOnce(int majorVersion) throws Exception {
        startWithStandby(majorVersion);
        RelayWorld.Relay relay = startRelay();
        syncSlots();
        failOverToStandbyThatLacksTheEnd(relay);
        assertThat(incidents("slot-lost")).isEqualTo("0");
    }

    @Test
    void theSameHoldsForAStandbyWithoutACopyOfTheSlot() throws Exception {
        startWithStandby(18);
        failOverToStandbyThatLacksTheEnd(startRelay());
        assertThat(incidents("slot-lost")).isEqualTo("1");
    }

    private void failOverToStandbyThatLacksTheEnd(RelayWorld.Relay relay) throws Exception {
        long before = world.stored();
        try (Writers writers = Writers.startSteadily(world, 2, 1)) {
            world.awaitStored(before + 300);
            standby.fallBehind();
            world.awaitStored(world.stored() + 300);
            world.postgres().kill();
        }
        promote();
        Writers.write(world, 200);
        List<String> committed = ids();
        List<String> ghosts = new ArrayList<>(verifyStoredOnce(committed));
        ghosts.removeAll(committed);
        assertThat(ghosts).hasSizeGreaterThan(100);
        assertThat(Sql.query(
                        world.dataSource(), "SELECT unnest(ghosts)::text FROM outbox.incident WHERE kind = 'fork'"))
                .containsExactlyInAnyOrderElementsOf(ghosts);
        world.awaitState(relay, "streaming");
    }

    /** A planned switchover: a primary that is shut down in order sends its standbys all that it has. */
    @Test
    void aStandbyThatHasEverythingTakesOverWithoutGhosts() throws Exception {
        startWithStandby(18);
        RelayWorld.Relay relay = startRelay();
        syncSlots();
        long before = world.stored();
        long atLeast;
        try (Writers writers = Writers.startSteadily(world, 2, 1)) {
            world.awaitStored(before + 300);
            world.postgres().stop();
            atLeast = before + writers.committed();
        }
        promote();
        Writers.write(world, 200);
        List<String> committed = ids();
        assertThat(committed).hasSizeGreaterThanOrEqualTo((int) atLeast + 200);
        assertThat(verifyStoredOnce(committed)).hasSameSizeAs(committed);
        verifyNoIncidentButThatTheSlotMoved();
        world.awaitState(relay, "streaming");
    }

    @Test
    void withSynchronizedStandbySlotsNobodyHearsOfWhatTheStandbyLacks() throws Exception {
        startWithStandby(18);
        tellNobodyWhatTheStandbyLacks();
        RelayWorld.Relay relay = startRelay();
        syncSlots();
        Writers.write(world, 50);
        List<String> received = ids();
        world.awaitStored(received.size());
        standby.fallBehind();
        Writers.write(world, 30);
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> "WaitForStandbyConfirmation"
                        .equals(world.query("SELECT wait_event FROM pg_stat_activity WHERE pid = (SELECT active_pid"
                                + OUTBOX_SLOT + ")")));
        world.awaitState(relay, "503 retrying: The replication connection is silent");
        world.postgres().kill();
        promote();
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(received);
        Writers.write(world, 20);
        List<String> committed = ids();
        assertThat(verifyStoredOnce(committed)).hasSameSizeAs(committed);
        verifyNoIncidentButThatTheSlotMoved();
        world.awaitState(relay, "streaming");
    }

    /**
     * The copy of a slot waits for what was confirmed, and not for the row of the journal that came before the confirmation.
     * What the standby lacks is not confirmed here: it would not copy the slot any more.
     */
    @Test
    void aCopyOfTheSlotThatIsAheadOfTheJournalLosesNothing() throws Exception {
        startWithStandby(18);
        tellNobodyWhatTheStandbyLacks();
        RelayWorld.Relay relay = startRelay();
        syncSlots();
        try (Connection hold = world.database();
                Statement statement = hold.createStatement()) {
            hold.setAutoCommit(false);
            statement.execute("LOCK TABLE outbox.journal IN SHARE ROW EXCLUSIVE MODE");
            Writers.write(world, 40);
            world.awaitStored(ids().size());
            String end = world.query("SELECT pg_current_wal_flush_lsn()");
            await().atMost(RelayWorld.PATIENCE)
                    .until(() -> onStandby("SELECT pg_last_wal_receive_lsn() >= '" + end + "'"));
            standby.link().replication().cut();
        }
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> onStandby("SELECT confirmed_flush_lsn > (SELECT confirm_lsn FROM outbox.journal"
                        + " ORDER BY entry DESC LIMIT 1)" + OUTBOX_SLOT));
        standby.fallBehind();
        world.postgres().kill();
        promote();
        Writers.write(world, 20);
        List<String> committed = ids();
        assertThat(verifyStoredOnce(committed)).hasSameSizeAs(committed);
        assertThat(incidents("slot-moved")).isEqualTo("1");
        verifyNoIncidentButThatTheSlotMoved();
        world.awaitState(relay, "streaming");
    }

    /** From 17 on pg_upgrade brings the slot along. */
    @ParameterizedTest
    @CsvSource({"14, 18, false", "17, 18, true"})
    void anotherClusterWithEverythingInItGoesOnWhereTheOneBeforeWas(int from, int to, boolean withSlot)
            throws Exception {
        world = world(from);
        RelayWorld.Relay before = world.start();
        Writers.write(world, 500);
        awaitProof();
        world.awaitStored(ids().size());
        assertThat(before.process().terminate(Duration.ofSeconds(25)))
                .as(before.output())
                .isZero();
        Writers.write(world, 30);
        RelayWorld other = new RelayWorld(AccountsPostgres.anotherCluster(to), world.nats());
        open.add(other);
        OutboxDump.restore(world, other);
        RelayWorld left = world;
        world = other;
        assertThat(world.query("SELECT count(*) > 0 FROM outbox.event"
                        + " WHERE tx_id >= pg_snapshot_xmax(pg_current_snapshot())"))
                .isEqualTo("t");
        if (withSlot) {
            world.sql("SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        }
        Writers.write(world, 20);
        RelayWorld.Relay relay = world.start();
        awaitProof();
        List<String> committed = ids();
        assertThat(committed).hasSizeGreaterThan(550);
        assertThat(verifyStoredOnce(committed)).hasSameSizeAs(committed);
        assertThat(Sql.query(world.dataSource(), "SELECT kind, events FROM outbox.incident"))
                .containsExactly("slot-lost|50");
        world.awaitState(relay, "streaming");
        RelayWorld.Relay ofTheClusterThatWasLeft = left.launch();
        left.awaitState(
                ofTheClusterThatWasLeft,
                "blocked: The stream was published last by a copy of this database that has gone its own way");
    }

    private RelayWorld world(int majorVersion) {
        RelayWorld made = new RelayWorld(
                AccountsPostgres.migrated(majorVersion).start(),
                RelayWorld.natsServer().start());
        open.add(made);
        return made;
    }

    private void startWithStandby(int majorVersion) throws Exception {
        world = world(majorVersion);
        standby = PostgresStandby.follow(
                world.postgres(), AccountsPostgres.DATABASE, AccountsPostgres.builder(majorVersion));
        open.add(standby);
        address = new PostgresLink(world.postgres().port());
        open.add(address);
    }

    private void tellNobodyWhatTheStandbyLacks() throws Exception {
        world.sql("ALTER SYSTEM SET synchronized_standby_slots = '" + standby.slot() + "'", "SELECT pg_reload_conf()");
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> standby.slot().equals(world.query("SHOW synchronized_standby_slots")));
    }

    private RelayWorld.Relay startRelay() {
        RelayWorld.Relay relay = world.launch(
                "run", Map.of("OUTBOX_DATABASE_URL", "jdbc:postgresql://localhost:" + address.port() + "/accounts"));
        world.awaitState(relay, "streaming");
        return relay;
    }

    /**
     * Waits for a copy of the relay's slot. It is kept from when that has passed where the copying began, which takes new
     * events and a snapshot of transactions in the WAL. Whoever copies sleeps the longer the less there was to copy.
     */
    private void syncSlots() {
        Sql.execute(standby.server().dataSource(), "ALTER SYSTEM SET sync_replication_slots = on");
        Sql.query(standby.server().dataSource(), "SELECT pg_reload_conf()");
        await().atMost(RelayWorld.PATIENCE).until(() -> {
            Writers.write(world, 1);
            world.sql("SELECT pg_log_standby_snapshot()");
            return onStandby("SELECT synced AND NOT temporary" + OUTBOX_SLOT);
        });
    }

    private boolean onStandby(String condition) {
        return List.of("t").equals(Sql.query(standby.server().dataSource("accounts"), condition));
    }

    private void promote() {
        standby.promote();
        world.failOverTo(standby.server());
        address.redirect(world.postgres().port());
    }

    /** It is noted with the next events. */
    private void awaitProof() {
        await().atMost(RelayWorld.PATIENCE).until(() -> {
            Writers.write(world, 1);
            return "t".equals(world.query("SELECT proven IS NOT NULL FROM outbox.journal ORDER BY entry DESC LIMIT 1"));
        });
    }

    private List<String> ids() {
        return Sql.query(world.dataSource(), "SELECT id FROM outbox.event");
    }

    private String incidents(String kind) throws Exception {
        return world.query("SELECT count(*) FROM outbox.incident WHERE kind = '" + kind + "'");
    }

    /** The standby's copy of the slot may be ahead of its copy of the journal. */
    private void verifyNoIncidentButThatTheSlotMoved() throws Exception {
        assertThat(Sql.query(world.dataSource(), "SELECT kind FROM outbox.incident WHERE kind <> 'slot-moved'"))
                .isEmpty();
    }

    /** All of these are in the stream, nothing is twice, and positions rise. Returns what is in the stream. */
    private List<String> verifyStoredOnce(List<String> committed) {
        List<StoredMessage> events = new ArrayList<>();
        await().atMost(RelayWorld.PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            events.clear();
            events.addAll(world.readStream());
            assertThat(events)
                    .extracting(StoredMessage::id)
                    .as(world::describeProcesses)
                    .containsAll(committed);
        });
        assertThat(events).extracting(StoredMessage::id).doesNotHaveDuplicates();
        assertThat(events).extracting(StoredMessage::position).isSorted();
        world.requireClearLogs();
        return events.stream().map(StoredMessage::id).toList();
    }
}
