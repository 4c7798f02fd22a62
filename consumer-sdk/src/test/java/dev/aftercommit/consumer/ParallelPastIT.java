package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import io.nats.client.api.ConsumerConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pasts that were changed under a parallel consumer: nothing is handled twice, and nothing is left out in silence. */
@OutboxTest(schema = Effects.Table.class)
final class ParallelPastIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;
    private final AccountRelay relay;

    ParallelPastIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
        relay = scene.relay();
    }

    @AfterEach
    void close() {
        relay.close();
        scene.close();
    }

    /** What retention has dropped is at or before the checkpoint. */
    @Test
    void aStreamMadeAgainAppliesNothingTwiceThoughTheProcessedEventsAreForgotten() {
        relay.publishBurst(100, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 100);
            scene.effects().execute("UPDATE inbox.processed_event SET handled_at = now() - interval '8 days'");
            assertThat(scene.effects().query("SELECT inbox.forget_processed_events(interval '7 days')"))
                    .isNotEmpty();
            assertThat(scene.effects().query("SELECT count(*) FROM inbox.processed_event"))
                    .containsExactly("0");
            relay.stream().delete();
            await().until(() -> reason(consumer) == Waiting.Reason.STREAM_MISSING);
            relay.stream().create(AccountRelay.PARTITIONS);
            await().until(() -> reason(consumer) == Waiting.Reason.STREAM_BEHIND);
            relay.publishAgain(0, 100);
            relay.publishBurst(20, ACCOUNTS);
            scene.effects().awaitCount(120);
            awaitCheckpoint(consumer, 120);
        }
        assertEachOnce(120);
    }

    /** A JetStream consumer that is gone is made anew behind the checkpoint, which here is far behind. */
    @Test
    void whatComesAgainIsKnownEventByEvent() throws IOException, JetStreamApiException {
        List<EventEnvelope> events = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            events.add(relay.publish("a"));
        }
        relay.publishBurst(40, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 50);
        }
        EventEnvelope tenth = events.getLast();
        scene.effects()
                .execute("UPDATE inbox.checkpoint SET stream_sequence = 10, event_id = '" + tenth.eventId()
                        + "', position = '" + tenth.position() + "'");
        String stream = relay.stream().name();
        for (String durable : relay.stream().management().getConsumerNames(stream)) {
            assertThat(relay.stream().management().deleteConsumer(stream, durable))
                    .isTrue();
        }
        relay.publish("later");
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 51);
            assertThat(ParallelIT.parallel(consumer).skippedEvents()).isEqualTo(40);
        }
        assertEachOnce(51);
    }

    /** As after a broker that was restored: JetStream knows less than the checkpoint, and the rows are forgotten. */
    @Test
    void whatIsBehindTheCheckpointIsNotHandledAgain() throws IOException, JetStreamApiException {
        relay.publishBurst(50, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 50);
        }
        scene.effects().execute("TRUNCATE inbox.processed_event");
        JetStreamManagement management = relay.stream().management();
        String stream = relay.stream().name();
        ConsumerConfiguration durable = management
                .getConsumerInfo(stream, management.getConsumerNames(stream).getFirst())
                .getConsumerConfiguration();
        assertThat(management.deleteConsumer(stream, durable.getDurable())).isTrue();
        management.createConsumer(
                stream, ConsumerConfiguration.builder(durable).startSequence(1).build());
        try (OutboxConsumer consumer = started()) {
            await().until(() -> ParallelIT.parallel(consumer).skippedEvents() == 50);
        }
        assertEachOnce(50);
    }

    @Test
    void onlyWhatIsOldAndBehindItsCheckpointIsForgotten() {
        relay.publishBurst(100, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 100);
        }
        Effects effects = scene.effects();
        effects.execute("UPDATE inbox.processed_event SET handled_at = now() - interval '8 days'");
        effects.execute("UPDATE inbox.processed_event SET consumer = 'of another checkpoint' WHERE event_id ="
                + " (SELECT event_id FROM inbox.processed_event ORDER BY event_id LIMIT 1)");
        effects.execute("UPDATE inbox.processed_event SET handled_at = now() WHERE event_id ="
                + " (SELECT event_id FROM inbox.processed_event ORDER BY event_id DESC LIMIT 1)");
        String needed = "consumer <> 'directory' OR handled_at > now() - interval '7 days'";
        List<String> parts =
                effects.query("SELECT DISTINCT tableoid::regclass FROM inbox.processed_event WHERE " + needed);
        assertThat(effects.query("SELECT inbox.forget_processed_events(interval '7 days')"))
                .isNotEmpty()
                .doesNotContainAnyElementsOf(parts);
        assertThat(effects.query("SELECT DISTINCT tableoid::regclass FROM inbox.processed_event"))
                .containsExactlyInAnyOrderElementsOf(parts);
    }

    /** It knows less than was acknowledged. */
    @Test
    void aDatabaseRestoredFromABackupCatchesUpByItself() {
        relay.publishBurst(50, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 50);
        }
        scene.effects().dataSource().getHikariPoolMXBean().softEvictConnections();
        String copy = scene.database() + "_copy";
        await().ignoreExceptions()
                .untilAsserted(
                        () -> Sql.execute(scene.server(), "CREATE DATABASE " + copy + " TEMPLATE " + scene.database()));
        relay.publishBurst(50, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 100);
        }
        try (Effects restored = new Effects(scene.jdbcUrl().replace(scene.database(), copy));
                OutboxConsumer consumer = Scene.started(
                        scene.consumer(new RecordingHandlers()).parallel(4).dataSource(restored.dataSource()))) {
            restored.awaitCount(100);
            awaitCheckpoint(consumer, 100);
            assertThat(restored.query("SELECT count(*), count(DISTINCT event_id) FROM effect"))
                    .containsExactly("100|100");
        }
        Sql.execute(scene.server(), "DROP DATABASE " + copy + " WITH (FORCE)");
    }

    @Test
    void anotherHistoryIsRefused() {
        relay.stream().tell(UUID.randomUUID(), UUID.randomUUID());
        relay.publishBurst(20, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 20);
            relay.stream().tell(UUID.randomUUID(), UUID.randomUUID());
            await().until(() -> reason(consumer) == Waiting.Reason.OTHER_HISTORY);
            relay.publishBurst(10, ACCOUNTS);
            Waiting waiting =
                    Objects.requireNonNull(ParallelIT.parallel(consumer).waiting());
            assertThat(waiting.message()).contains("Nothing is handled", "inbox.reset(");
            assertThat(scene.effects().count()).isEqualTo(20);
            scene.effects().execute(Choices.statement(waiting));
            scene.effects().awaitCount(50);
        }
    }

    @Test
    void purgedEventsAreNotPassedOverInSilence() {
        relay.publishBurst(20, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 20);
        }
        relay.publishBurst(30, ACCOUNTS);
        purge();
        relay.publishBurst(10, List.of("later"));
        try (OutboxConsumer consumer = started()) {
            await().until(() -> reason(consumer) == Waiting.Reason.MESSAGES_GONE);
            Waiting waiting =
                    Objects.requireNonNull(ParallelIT.parallel(consumer).waiting());
            assertThat(waiting.message()).contains("30 messages (of all partitions, sequences 21 to 50)");
            assertThat(scene.effects().count()).isEqualTo(20);
            scene.effects().execute(Choices.statement(waiting));
            scene.effects().awaitCount(30);
        }
        assertEachOnce(30);
    }

    /** JetStream counts as acknowledged what it has removed. */
    @Test
    void eventsThatArePurgedUnderARunningConsumerAreNotPassedOverInSilence() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        RecordingHandlers slow = new RecordingHandlers() {
            @Override
            void before(AccountCreated event) {
                begun.countDown();
                ParallelIT.waitFor(end);
            }
        };
        relay.publishBurst(30, ACCOUNTS);
        try (OutboxConsumer consumer = Scene.started(scene.consumer(slow).parallel(1))) {
            ParallelIT.waitFor(begun);
            purge();
            await().until(() -> reason(consumer) == Waiting.Reason.MESSAGES_GONE);
            end.countDown();
            scene.effects().awaitCount(1);
            relay.publishBurst(10, List.of("later"));
            Waiting waiting =
                    Objects.requireNonNull(ParallelIT.parallel(consumer).waiting());
            assertThat(waiting.message()).contains("30 messages");
            scene.effects().execute(Choices.statement(waiting));
            scene.effects().awaitCount(11);
        }
        assertEachOnce(11);
    }

    @Test
    void purgedEventsArePassedOverWhereTheConsumerWasBuiltTo() {
        relay.publishBurst(20, ACCOUNTS);
        try (OutboxConsumer consumer = started()) {
            awaitCheckpoint(consumer, 20);
        }
        relay.publishBurst(30, ACCOUNTS);
        purge();
        relay.publishBurst(10, List.of("later"));
        try (OutboxConsumer consumer = Scene.started(
                scene.consumer(new RecordingHandlers()).parallel(4).passOverGoneEvents(true))) {
            scene.effects().awaitCount(30);
            awaitCheckpoint(consumer, 60);
            assertThat(ParallelIT.parallel(consumer).goneMessages()).isEqualTo(30);
        }
        assertEachOnce(30);
    }

    private void purge() {
        try {
            relay.stream()
                    .management()
                    .purgeStream(
                            relay.stream().name(),
                            PurgeOptions.builder().keep(0).build());
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    private OutboxConsumer started() {
        return Scene.started(scene.consumer(new RecordingHandlers()).parallel(4));
    }

    private static void awaitCheckpoint(OutboxConsumer consumer, long sequence) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Long.valueOf(sequence)
                        .equals(ParallelIT.parallel(consumer).sequence()));
    }

    private static Waiting.@Nullable Reason reason(OutboxConsumer consumer) {
        Waiting waiting = ParallelIT.parallel(consumer).waiting();
        return waiting == null ? null : waiting.reason();
    }

    private void assertEachOnce(int expected) {
        assertThat(scene.effects().query("SELECT count(*), count(DISTINCT event_id) FROM effect"))
                .containsExactly(expected + "|" + expected);
    }
}
