package dev.aftercommit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.relay.harness.AccountsPostgres;
import dev.aftercommit.relay.harness.RelayJar;
import dev.aftercommit.relay.harness.RelayWorld;
import dev.aftercommit.relay.harness.Words;
import dev.aftercommit.relay.harness.Writers;
import dev.aftercommit.testkit.StoredMessage;
import io.nats.client.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The leading relay makes partitions ahead and drops old ones, and nothing that a stream or a consumer needs. */
class PartitionUpkeepIT {
    private static final String OLD = "date_trunc('day', now()) - interval '10 days'";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private RelayWorld world;

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void eventsArePublishedFromPartitionsThatAreMadeAhead() throws Exception {
        world = new RelayWorld();
        RelayWorld.Relay relay = world.start();
        awaitTrue("SELECT count(*) = 5 FROM outbox.partition_status()");
        Writers.write(world, 50);
        world.awaitStored(50);

        assertThat(world.query(
                        "SELECT count(DISTINCT tableoid) = 1 AND min(tableoid) <> 'outbox.event_default'::regclass"
                                + " FROM outbox.event"))
                .isEqualTo("t");
        assertThat(world.readStream().stream().map(StoredMessage::id)).containsExactlyElementsOf(idsInOrder());
        RelayJar.Result doctor = Words.requireClear(world.command("doctor", Map.of()));
        assertThat(doctor.output()).containsPattern("ok +partitions +5, the default one included");
        world.requireClearLogs();
        assertThat(relay.output()).contains("Made the partition for events of ");
    }

    @Test
    void withoutPartitionsDoctorSaysSoAndWithPartitioningOffNothingIsMade() throws Exception {
        world = new RelayWorld();
        RelayWorld.Relay relay = world.launch("run", Map.of("OUTBOX_PARTITION", "off", "OUTBOX_RETENTION", "off"));
        world.awaitState(relay, "streaming");
        Writers.write(world, 10);
        world.awaitStored(10);

        assertThat(world.command("doctor", Map.of()).output())
                .containsPattern("warning +partitions +there is none for events of ");
        assertThat(world.query("SELECT count(*) FROM outbox.partition_status()"))
                .isEqualTo("1");
    }

    @Test
    void whatIsOldAndStoredIsDroppedAndAStreamThatIsMadeAgainBeginsBehindIt() throws Exception {
        world = new RelayWorld();
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 20);
        emitOld(5);
        Writers.write(world, 10);
        awaitDropped();
        assertThat(world.query("SELECT count(*) FROM outbox.event e"
                        + " WHERE e.id < outbox.id_at(date_trunc('day', now()) - interval '1 day')"))
                .isEqualTo("0");
        assertThat(relay.output()).contains("Dropped partition event_");

        long stored = 5 + Long.parseLong(world.query("SELECT count(*) FROM outbox.event"));
        world.awaitStored(stored);
        assertThat(world.readStream())
                .as("the stream keeps what the table has not")
                .hasSize((int) stored);
        try (Connection nats = world.natsConnection()) {
            nats.jetStreamManagement().deleteStream(RelayWorld.STREAM);
        }
        awaitTrue("SELECT count(*) = 1 FROM outbox.incident WHERE kind = 'stream-made-anew'"
                + " AND detail LIKE '%Retention has dropped events up to position%'");
        world.awaitState(relay, "streaming");
        List<String> behind = idsInOrder().subList(20, (int) stored - 5);
        world.awaitStored(behind.size());
        assertThat(world.readStream().stream().map(StoredMessage::id)).containsExactlyElementsOf(behind);

        relay.process().kill();
        forgetTheEndOfTheStream();
        world.start();
        Writers.write(world, 5);
        world.awaitStored(behind.size() + 5L);
        assertThat(world.readStream()).hasSize(behind.size() + 5);
        assertThat(world.query("SELECT string_agg(kind, ' ' ORDER BY id) FROM outbox.incident"))
                .as("what retention has dropped is not missed")
                .isEqualTo("stream-made-anew");
    }

    /** What a relay leaves that was killed when it had filled a stream again and not noted that yet. */
    private void forgetTheEndOfTheStream() throws SQLException {
        world.sql("""
                INSERT INTO outbox.journal (entry, term, kind, epoch, events, packed, last_lsn, confirm_lsn, tail_sequence,
                                            proven, proven_at, proven_since, proven_entry, proven_parts)
                SELECT entry + 1, term, 'published', 0, 0, '', last_lsn, confirm_lsn, 0,
                       proven, proven_at, proven_since, proven_entry, proven_parts
                  FROM outbox.journal ORDER BY entry DESC LIMIT 1""");
    }

    @Test
    void aStreamThatLacksWhatWasDroppedIsNotFilledWithAHole() throws Exception {
        world = new RelayWorld();
        RelayWorld.Relay relay = world.start();
        Writers.write(world, 20);
        world.awaitStored(20);
        emitOld(5);
        awaitDropped();
        stopAndLoseMessagesBehind(20, relay);

        RelayWorld.Relay next = world.launch();

        world.awaitState(next, "blocked");
        assertThat(world.get(next, "/readyz"))
                .containsPattern("is owed to the stream, .* retention has dropped partition event_\\d+_0000 with the"
                        + " events of \\S+T00:00:00Z to \\S+T00:00:00Z");
        assertThat(world.readStream()).hasSize(20);
    }

    @Test
    void aStreamThatEndsWithAnEventThatNobodyRemembersIsNotTakenForAnotherDatabases() throws Exception {
        world = new RelayWorld();
        RelayWorld.Relay relay = world.start();
        emitOld(5);
        world.awaitStored(5);
        awaitDropped();
        world.sql("UPDATE outbox.journal SET written_at = " + OLD + " - interval '10 days'");
        awaitTrue("SELECT count(*) = 0 FROM outbox.journal_events() WHERE event_id < outbox.id_at(" + OLD
                + " + interval '1 day')");

        stopAndLoseMessagesBehind(5, relay);

        RelayWorld.Relay again = world.launch();
        world.awaitState(again, "blocked");
        assertThat(world.get(again, "/readyz"))
                .containsPattern("Stream OUTBOX_ACCOUNTS ends with event .* and what came behind it is not all in"
                        + " outbox.event any more: retention has dropped partition event_\\d+_0000");
        assertThat(world.query("SELECT count(*) FROM outbox.incident")).isEqualTo("0");
    }

    /** What a broker has that was restored from a backup. */
    private void stopAndLoseMessagesBehind(long last, RelayWorld.Relay relay) throws Exception {
        assertThat(relay.process().terminate(Duration.ofSeconds(25))).isZero();
        try (Connection nats = world.natsConnection()) {
            for (long sequence = world.stored(); sequence > last; sequence--) {
                nats.jetStreamManagement().deleteMessage(RelayWorld.STREAM, sequence);
            }
        }
    }

    /** On the oldest PostgreSQL, whose pgoutput remembers longest what a table once was. */
    @Test
    void aDefaultPartitionThatBecomesOneOfItsOwnIsPublishedOn() throws Exception {
        world = new RelayWorld(
                AccountsPostgres.migrated(14).start(), RelayWorld.natsServer().start());
        Writers.write(world, 20);
        RelayWorld.Relay relay = world.start();
        try (Writers writers = Writers.start(world, 1, 100_000, 7)) {
            world.awaitStored(100);
            await().atMost(RelayWorld.PATIENCE)
                    .until(() -> !"busy"
                            .equals(world.query(
                                    "SELECT outbox.renew_default(date_trunc('day', now()) + interval '1 day')")));
            world.awaitStored(world.stored() + 100);
            assertThat(writers.committed()).isPositive();
        }
        List<String> committed = idsInOrder();
        world.awaitStored(committed.size());
        assertThat(world.readStream().stream().map(StoredMessage::id)).containsExactlyInAnyOrderElementsOf(committed);
        assertThat(world.query("SELECT string_agg(DISTINCT tableoid::regclass::text, ' ') LIKE 'outbox.event_before_%'"
                        + " FROM outbox.event"))
                .isEqualTo("t");
        assertThat(world.query("SELECT count(*) FROM outbox.incident"))
                .as(relay.output())
                .isEqualTo("0");
    }

    /** Events that claim to have been emitted ten days ago, in a partition that is not there without them. */
    private void emitOld(int events) throws SQLException {
        world.sql("""
                DO $$
                BEGIN
                    WHILE outbox.make_partition(%1$s, %1$s + interval '1 day') = 'busy' LOOP
                        PERFORM pg_sleep(0.01);
                    END LOOP;
                    INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload, created_at)
                    SELECT (left(outbox.id_at(%1$s)::text, 14) || '7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                           'account', 'old', 'Changed', '{}', %1$s
                      FROM generate_series(1, %2$d) AS n;
                END
                $$""".formatted(OLD, events));
    }

    /** What is proven is noted with the next event. */
    private void awaitDropped() {
        await().atMost(RelayWorld.PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            Writers.write(world, 1);
            assertThat(world.query("SELECT count(*) FROM outbox.dropped_partition"))
                    .as(world::describeProcesses)
                    .isEqualTo("1");
        });
    }

    /** Whoever asks about partitions waits for their locks for 100 ms, and asks again. */
    private void awaitTrue(String query) {
        await().atMost(RelayWorld.PATIENCE)
                .ignoreExceptionsMatching(failure ->
                        failure instanceof SQLException asked && LOCK_NOT_AVAILABLE.equals(asked.getSQLState()))
                .untilAsserted(() -> assertThat(world.query(query))
                        .as(world::describeProcesses)
                        .isEqualTo("t"));
    }

    private List<String> idsInOrder() throws SQLException {
        String ids = world.query("SELECT string_agg(id::text, ',' ORDER BY created_at, id) FROM outbox.event");
        return ids == null ? new ArrayList<>() : List.of(ids.split(","));
    }
}
