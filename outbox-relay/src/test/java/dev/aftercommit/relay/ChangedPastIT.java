package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.PostgresLink;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody or something has changed the past: nothing that was committed is missing from the stream for good. */
class ChangedPastIT {
    private static final String PREPARED = "01990000-0000-7000-8000-000000000001";

    private RelayWorld world;

    @TempDir
    private Path folder;

    private Path data;
    private Path store;

    @BeforeEach
    void start() {
        data = folder.resolve("data");
        store = folder.resolve("store");
        world = new RelayWorld(
                AccountsPostgres.migrated()
                        .dataDirectory(data)
                        .setting("max_prepared_transactions", "5")
                        .start(),
                RelayWorld.natsServer().storeDirectory(store).start());
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aSlotThatWasDroppedWhileTheRelayWasAwayIsMadeAnewAndWhatItMissedIsHealed() throws Exception {
        publishSomeAndStop(50);
        Writers.write(world, 30);
        world.sql("SELECT pg_drop_replication_slot('outbox')");
        Writers.write(world, 20);
        RelayJar.Result doctor = Words.requireClear(world.command("doctor", Map.of()));
        assertThat(doctor.exitCode()).as(doctor.output()).isZero();
        assertThat(doctor.output()).contains("the replication slot is lost: it does not exist any more");
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 20);
        verifyAllStoredOnce();
        verifyIncident("slot-lost", 50);
        assertThat(world.get(relay, "/status")).contains("\"slot-lost\" : 1");
        assertThat(world.get(relay, "/metrics"))
                .contains("outbox_relay_incidents{kind=\"slot-lost\",source=\"accounts\"} 1.0");
    }

    @Test
    void aSlotThatIsDroppedWhileTheRelayRunsIsMadeAnew() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 50);
        world.awaitStored(50);
        dropTheSlotUnderTheRelay();
        Writers.write(world, 30);
        verifyAllStoredOnce();
        world.awaitState(relay, "streaming");
        assertThat(relay.process().isAlive()).isTrue();
        assertThat(world.query("SELECT count(*) FROM outbox.incident WHERE kind = 'slot-lost'"))
                .isEqualTo("1");
    }

    @Test
    void aSlotThatWasAdvancedWhileTheRelayWasAwayLosesNothing() throws Exception {
        publishSomeAndStop(50);
        Writers.write(world, 30);
        world.sql("SELECT pg_replication_slot_advance('outbox', pg_current_wal_lsn())");
        world.start();
        Writers.write(world, 20);
        verifyAllStoredOnce();
        assertThat(world.query("SELECT string_agg(kind, ' ' ORDER BY id) FROM outbox.incident"))
                .isEqualTo("slot-moved unjournaled-rows");
        verifyIncident("unjournaled-rows", 30);
    }

    /** As Patroni does it with its permanent slots. */
    @Test
    void aSlotThatWasDroppedAndMadeAgainAtNowLosesNothing() throws Exception {
        publishSomeAndStop(50);
        Writers.write(world, 30);
        world.sql(
                "SELECT pg_drop_replication_slot('outbox')",
                "SELECT pg_create_logical_replication_slot('outbox', 'pgoutput')");
        world.start();
        Writers.write(world, 20);
        verifyAllStoredOnce();
        verifyIncident("unjournaled-rows", 30);
    }

    @Test
    void aPublicationThatWasSetToAnotherKindOfChangeForAMomentLosesNothing() throws Exception {
        world.start();
        Writers.write(world, 50);
        world.awaitStored(50);
        world.sql("ALTER PUBLICATION outbox SET (publish = 'update')");
        Writers.write(world, 30);
        world.sql("ALTER PUBLICATION outbox SET (publish = 'insert')");
        Writers.write(world, 20);
        verifyAllStoredOnce();
        awaitIncident("publication-touched");
    }

    @Test
    void aPublicationThatIsLeftAlteredIsSetRight() throws Exception {
        world.start();
        Writers.write(world, 50);
        world.awaitStored(50);
        world.sql("ALTER PUBLICATION outbox SET (publish = 'update')");
        Writers.write(world, 30);
        verifyAllStoredOnce();
        awaitIncident("publication-touched");
        Writers.write(world, 20);
        verifyAllStoredOnce();
    }

    @Test
    void aPublicationThatIsDroppedIsMadeAgainAndLosesNothing() throws Exception {
        world.start();
        Writers.write(world, 50);
        world.awaitStored(50);
        world.sql("DROP PUBLICATION outbox");
        Writers.write(world, 30);
        verifyAllStoredOnce();
        awaitIncident("publication-touched");
        Writers.write(world, 20);
        verifyAllStoredOnce();
    }

    @Test
    void aStreamThatWasDeletedIsMadeAgainFromJournalAndTable() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 300);
        world.awaitStored(300);
        List<StoredMessage> before = world.readStream();
        streams().deleteStream(RelayWorld.STREAM);
        Writers.write(world, 20);
        verifyAllStoredOnce();
        List<StoredMessage> after = world.readStream();
        assertThat(after.subList(0, before.size()))
                .extracting(StoredMessage::id)
                .containsExactlyElementsOf(
                        before.stream().map(StoredMessage::id).toList());
        for (int i = 0; i < before.size(); i++) {
            assertThat(withoutMessageId(after.get(i))).isEqualTo(withoutMessageId(before.get(i)));
            assertThat(after.get(i).payload()).isEqualTo(before.get(i).payload());
        }
        awaitIncident("stream-made-anew");
        assertThat(relay.process().isAlive()).isTrue();
    }

    @Test
    void aStreamThatWasPurgedIsPublishedAgain() throws Exception {
        world.start();
        Writers.write(world, 100);
        world.awaitStored(100);
        streams().purgeStream(RelayWorld.STREAM);
        awaitIncident("stream-rewound");
        verifyAllStoredOnce();
        Writers.write(world, 20);
        verifyAllStoredOnce();
    }

    /** What was removed cannot be put back behind what is newer: the stream has to be made again as a whole. */
    @Test
    void aStreamThatWasPurgedAndWrittenOnIsRefusedUntilItIsDeleted() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 100);
        world.awaitStored(100);
        streams()
                .purgeStream(
                        RelayWorld.STREAM, PurgeOptions.builder().sequence(40).build());
        world.awaitState(relay, "blocked");
        assertThat(world.get(relay, "/readyz"))
                .contains("Messages were removed from the stream by hand: it begins at sequence 40, and began at 1")
                .contains("heal rebuild-stream");
        Writers.write(world, 20);
        streams().deleteStream(RelayWorld.STREAM);
        verifyAllStoredOnce();
        awaitIncident("stream-made-anew");
    }

    @Test
    void aBrokerThatWasRestoredFromAnOldCopyGetsWhatItLacks() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 100);
        world.awaitStored(100);
        world.nats().stop();
        Path copy = copy(store, folder.resolve("old"));
        world.nats().startAgain();
        world.awaitState(relay, "streaming");
        Writers.write(world, 100);
        world.awaitStored(200);
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> world.query("SELECT max(tail_sequence) FROM outbox.journal")
                        .equals("200"));
        world.nats().stop();
        replace(copy, store);
        world.nats().startAgain();
        Writers.write(world, 20);
        verifyAllStoredOnce();
        awaitIncident("stream-rewound");
    }

    @Test
    void aDatabaseThatWasRestoredFromASnapshotGoesOnInANewEpochAndTheLostEventsAreNamed() throws Exception {
        publishSomeAndStop(100);
        world.postgres().stop();
        Path copy = copy(data, folder.resolve("snapshot"));
        world.postgres().startAgain();
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 60);
        world.awaitStored(160);
        relay.process().kill();
        List<String> lost = ids();
        world.postgres().kill();
        replace(copy, data);
        world.postgres().startAgain();
        lost.removeAll(ids());
        assertThat(lost).hasSize(60);
        Writers.write(world, 200);
        world.start();
        Writers.write(world, 50);
        world.awaitStored(100 + 60 + 250);
        List<StoredMessage> events = world.readStream();
        assertThat(events).extracting(StoredMessage::position).isSorted();
        Set<String> stored =
                new HashSet<>(events.stream().map(StoredMessage::id).toList());
        assertThat(stored).containsAll(ids()).hasSize(events.size());
        assertThat(world.query("SELECT cardinality(ghosts) FROM outbox.incident WHERE kind = 'fork'"))
                .isEqualTo("60");
        assertThat(world.query("SELECT count(*) FROM outbox.incident, unnest(ghosts) AS ghost WHERE ghost::text IN ('"
                        + String.join("','", lost) + "')"))
                .isEqualTo("60");
    }

    /** It comes at another LSN then, and consumers have heard of it. */
    @Test
    void aPreparedTransactionThatARestoredDatabaseCommitsOnceMoreIsStoredOnce() throws Exception {
        publishSomeAndStop(50);
        world.sql("BEGIN; INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)"
                + " VALUES ('" + PREPARED + "', 'account', 'prepared', 'Changed', '1'); PREPARE TRANSACTION 'later'");
        world.postgres().stop();
        Path copy = copy(data, folder.resolve("snapshot"));
        world.postgres().startAgain();
        RelayWorld.Relay relay = world.start();
        world.sql("COMMIT PREPARED 'later'");
        Writers.write(world, 20);
        world.awaitStored(71);
        relay.process().kill();
        world.postgres().kill();
        replace(copy, data);
        world.postgres().startAgain();
        Writers.write(world, 500);
        world.sql("COMMIT PREPARED 'later'");
        Writers.write(world, 5);
        world.start();
        Writers.write(world, 5);
        world.awaitStored(71 + 510);
        List<StoredMessage> events = world.readStream();
        assertThat(events).extracting(StoredMessage::position).isSorted();
        assertThat(events).extracting(StoredMessage::id).doesNotHaveDuplicates().containsAll(ids());
        assertThat(events).hasSize(71 + 510);
    }

    /** Killed between the place where the journal has the event and the one where it comes. */
    @Test
    void noKillMakesWhatComesOnceMoreNew() throws Exception {
        publishSomeAndStop(50);
        world.sql("BEGIN; INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)"
                + " VALUES ('" + PREPARED + "', 'account', 'prepared', 'Changed', '1'); PREPARE TRANSACTION 'later'");
        world.postgres().stop();
        Path copy = copy(data, folder.resolve("snapshot"));
        world.postgres().startAgain();
        RelayWorld.Relay relay = world.start();
        world.sql("COMMIT PREPARED 'later'");
        Writers.write(world, 20);
        world.awaitStored(71);
        relay.process().kill();
        world.postgres().kill();
        replace(copy, data);
        world.postgres().startAgain();
        world.sql("""
                DO $$ BEGIN FOR i IN 1..3000 LOOP
                    INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
                    SELECT (left(outbox.id_at(now())::text, 14) || '7000-8000-' || lpad((i * 10 + n)::text, 12, '0'))::uuid,
                           'account', 'a' || n, 'Changed', '1' FROM generate_series(0, 9) AS n;
                    COMMIT;
                END LOOP; END $$""");
        world.sql("COMMIT PREPARED 'later'");
        Writers.write(world, 5);
        RelayWorld.Relay killed = world.launch();
        world.awaitStored(71 + 5_000);
        killed.process().kill();
        long stored = world.stored();
        world.start();
        world.awaitStored(71 + 30_005);
        assertThat(stored).as("stored before the kill").isLessThan(71 + 30_000);
        assertThat(world.readStream())
                .extracting(StoredMessage::id)
                .doesNotHaveDuplicates()
                .hasSize(71 + 30_005);
    }

    /** What pg_dump brings has transaction ids of another cluster. */
    @Test
    void rowsThatADumpBroughtBeforeTheFirstStartArePublished() throws Exception {
        Writers.write(world, 40);
        world.sql(
                "ALTER TABLE outbox.event DISABLE TRIGGER append_only",
                "UPDATE outbox.event SET tx_id = '123456789012'",
                "ALTER TABLE outbox.event ENABLE TRIGGER append_only");
        Writers.write(world, 40);
        world.start();
        Writers.write(world, 20);
        verifyAllStoredOnce();
    }

    /** Whatever nobody thought of. */
    @Test
    void rowsThatNobodyHasJournaledAreFoundAndPublished() throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 50);
        world.awaitStored(50);
        awaitProof();
        world.sql("CREATE TABLE public.later (LIKE outbox.event INCLUDING ALL)");
        world.sql("INSERT INTO public.later (id, aggregate_type, aggregate_id, event_type, payload) SELECT"
                + " ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'account', 'a' || n, 'T', '1'"
                + " FROM generate_series(1, 25) AS n");
        world.sql(
                "ALTER TABLE outbox.event ATTACH PARTITION public.later"
                        + " FOR VALUES FROM ('01900000-0000-0000-0000-000000000000') TO ('01900001-0000-0000-0000-000000000000')");
        verifyAllStoredOnce();
        verifyIncident("unjournaled-rows", 25);
        assertThat(relay.process().isAlive()).isTrue();
    }

    /** The state that a release without a journal leaves behind, with what it had not published yet. */
    @Test
    void aDatabaseThatWasPublishedWithoutAJournalIsTakenOverWithoutADuplicate() throws Exception {
        publishSomeAndStop(100);
        world.sql(
                "TRUNCATE outbox.journal",
                "UPDATE outbox.history SET stream_config = NULL, stream_first = NULL, stream_holes = NULL,"
                        + " publication = NULL",
                "UPDATE outbox.epoch SET snapshot = '10:10:', caught_up_at = now()");
        Writers.write(world, 30);
        world.start();
        Writers.write(world, 20);
        verifyAllStoredOnce();
        awaitProof();
        assertThat(world.query("SELECT count(*) FROM outbox.incident")).isEqualTo("0");
        assertThat(world.query("SELECT count(DISTINCT event_id) FROM outbox.journal_events()"))
                .isEqualTo("150");
    }

    @Test
    void theStreamOfAnotherDatabaseIsNotWrittenTo() throws Exception {
        publishSomeAndStop(10);
        world.postgres().createDatabase("other");
        world.sql("SELECT pg_drop_replication_slot('outbox')");
        Map<String, String> other =
                Map.of("OUTBOX_DATABASE_URL", world.postgres().jdbcUrl("other"));
        Migrations.outbox(world.postgres().dataSource("other")).migrate();
        for (String command : new String[] {"run", "doctor"}) {
            RelayJar.Result result = Words.requireClear(world.command(command, other));
            assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
            assertThat(result.output()).contains("The stream is of another history");
        }
        assertThat(world.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
        assertThat(world.stored()).isEqualTo(10);
    }

    /** As a proxy does it that looks at each connection, or an address that moves between two of them. */
    @Test
    void aReplicationConnectionThatReachesACopyOfTheDatabaseIsRefused() throws Exception {
        publishSomeAndStop(50);
        world.postgres().stop();
        Path copy = copy(data, folder.resolve("snapshot"));
        world.postgres().startAgain();
        try (PostgresServer other = PostgresServer.builder()
                        .dataDirectory(copy)
                        .setting("max_prepared_transactions", "5")
                        .start();
                PostgresLink link = new PostgresLink(world.postgres().port())) {
            link.redirectReplication(other.port());
            Map<String, String> throughIt =
                    Map.of("OUTBOX_DATABASE_URL", "jdbc:postgresql://localhost:" + link.port() + "/accounts");
            Writers.write(world, 20);
            RelayWorld.Relay relay = world.launch("run", throughIt);
            world.awaitState(relay, "blocked: The replication connection reaches another server");
            assertThat(world.stored()).isEqualTo(50);
            link.redirect(world.postgres().port());
            world.awaitState(relay, "streaming");
            verifyAllStoredOnce();
        }
    }

    private void publishSomeAndStop(int events) throws Exception {
        RelayWorld.Relay relay = world.start();
        Writers.write(world, events);
        world.awaitStored(events);
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

    private JetStreamManagement streams() throws Exception {
        Connection connection = world.natsConnection();
        return connection.jetStreamManagement();
    }

    private List<String> ids() throws SQLException {
        String ids = world.query("SELECT string_agg(id::text, ',') FROM outbox.event");
        return ids == null ? new ArrayList<>() : new ArrayList<>(List.of(ids.split(",")));
    }

    /** Every row of the table is in the stream, once, and positions rise. */
    private void verifyAllStoredOnce() throws Exception {
        List<String> committed = ids();
        await().atMost(RelayWorld.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(() -> {
                    List<StoredMessage> events = world.readStream();
                    assertThat(events.stream().map(StoredMessage::id))
                            .as(world::describeProcesses)
                            .containsExactlyInAnyOrderElementsOf(committed);
                    assertThat(events).extracting(StoredMessage::position).isSorted();
                });
    }

    private void verifyIncident(String kind, int events) throws SQLException {
        assertThat(world.query("SELECT events FROM outbox.incident WHERE kind = '" + kind + "'"))
                .isEqualTo(Integer.toString(events));
    }

    private void awaitIncident(String kind) {
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> world.query("SELECT count(*) FROM outbox.incident WHERE kind = '" + kind + "'")
                        .equals("1"));
    }

    private void awaitProof() {
        await().atMost(RelayWorld.PATIENCE)
                .until(() -> world.query("SELECT proven IS NOT NULL FROM outbox.journal ORDER BY entry DESC LIMIT 1")
                        .equals("t"));
    }

    private static Map<String, String> withoutMessageId(StoredMessage event) {
        Map<String, String> headers = new HashMap<>(event.headers());
        headers.remove("Nats-Msg-Id");
        headers.remove("Nats-Expected-Last-Sequence");
        return headers;
    }

    private static Path copy(Path from, Path to) throws Exception {
        run("cp", "-a", from.toString(), to.toString());
        return to;
    }

    private static void replace(Path copy, Path target) throws Exception {
        run("rm", "-rf", target.toString());
        run("cp", "-a", copy.toString(), target.toString());
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
