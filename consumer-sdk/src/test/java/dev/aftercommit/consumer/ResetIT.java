package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.CheckpointTable;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer that is sent back, or on, on purpose. */
@OutboxTest(schema = Effects.Table.class)
final class ResetIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;

    ResetIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** Idle partitions of an instance that did not do it are reset, too. */
    @Test
    void fromTheBeginningEveryInstanceHandlesEverythingAgain() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer other = scene.started(new RecordingHandlers())) {
            await().untilAsserted(() -> {
                assertThat(one.status().ownedPartitions()).isEqualTo(8);
                assertThat(other.status().ownedPartitions()).isEqualTo(8);
            });
            relay.publishBurst(200, ACCOUNTS);
            scene.effects().awaitCount(200);
            try (LogCapture log = new LogCapture()) {
                one.reset(StartAt.beginning());
                scene.effects().awaitCount(400);
                assertThat(log.lines())
                        .filteredOn(line -> line.contains("was asked to start at beginning"))
                        .singleElement()
                        .asString()
                        .contains("it starts at sequence 1 ");
            }
            relay.publishBurst(20, ACCOUNTS);
            scene.effects().awaitCount(420);
        }
        ACCOUNTS.forEach(account -> assertThat(scene.effects().numbersOf(account))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        assertThat(scene.effects()
                        .query("SELECT start_at, requested_by, done_at >= requested_at FROM inbox.start_request"))
                .containsExactly("beginning|postgres|t");
    }

    /** After each reset, whenever it comes, everything from the first event on is handled in order. */
    @Test
    void itMayComeInTheMiddleOfTheLoad() throws InterruptedException {
        int rounds = 6;
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer other = scene.started(new RecordingHandlers())) {
            Thread load = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 100; i++) {
                    relay.publishBurst(40, ACCOUNTS);
                }
            });
            for (int round = 1; round <= rounds; round++) {
                (round % 2 == 0 ? one : other).reset(StartAt.beginning());
                String done = Integer.toString(round);
                await().until(() -> scene.effects()
                        .query("SELECT count(*) FROM inbox.start_request WHERE done_at IS NOT NULL")
                        .contains(done));
            }
            load.join();
            await().untilAsserted(() -> ACCOUNTS.forEach(
                    account -> assertThat(afterTheLastReset(account)).hasSize(200)));
        }
        ACCOUNTS.forEach(account -> assertThat(afterTheLastReset(account))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 200).boxed().toList()));
    }

    private List<Integer> afterTheLastReset(String account) {
        List<Integer> numbers = scene.effects().numbersOf(account);
        return new ArrayList<>(numbers.subList(Math.max(0, numbers.lastIndexOf(1)), numbers.size()));
    }

    @Test
    void withoutARunningInstanceItIsDoneByTheNextOne() {
        try (AccountRelay relay = scene.relay()) {
            OutboxConsumer stopped = scene.started(new RecordingHandlers());
            relay.publishBurst(40, ACCOUNTS);
            scene.effects().awaitCount(40);
            stopped.close();
            relay.publishBurst(40, ACCOUNTS);
            stopped.reset(StartAt.beginning());
            stopped.reset(StartAt.now());
            try (OutboxConsumer next = scene.started(new RecordingHandlers())) {
                relay.publish("late");
                scene.effects().awaitCount(41);
                assertThat(next.status().waiting()).isNull();
            }
        }
        assertThat(scene.effects().count()).isEqualTo(41);
        assertThat(scene.effects()
                        .query("SELECT count(*), count(done_at), count(DISTINCT result) FROM inbox.start_request"))
                .containsExactly("2|2|1");
    }

    /** Those behind the place come again, so they are not also tried from the table; those before it stay. */
    @Test
    void parkedEventsAreHandledOnceWhereverTheyStand() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers).attempts(1))) {
            List<EventEnvelope> events =
                    IntStream.range(0, 4).mapToObj(i -> relay.publish("broken")).toList();
            awaitParked(consumer, new ParkedCounts(0, 3, 1));

            consumer.reset(StartAt.position(events.get(2).position()));
            awaitDone(1);
            relay.publish("broken");
            awaitParked(consumer, new ParkedCounts(0, 4, 1));
            assertThat(scene.effects().query("SELECT result FROM inbox.start_request"))
                    .singleElement()
                    .asString()
                    .contains("at sequence 3 ", "of the parked events 2 come again");

            handlers.broken.clear();
            consumer.reset(StartAt.beginning());
            scene.effects().awaitCount(5);
            awaitParked(consumer, ParkedCounts.NONE);
        }
        scene.effects().assertEachOnceInOrder(5);
    }

    @Test
    void aPositionThatTheStreamDoesNotHaveChangesNothingUntilItDoes() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            OutboxPosition last = relay.publish("a").position();
            scene.effects().awaitCount(1);
            consumer.reset(
                    StartAt.position(new OutboxPosition(last.epoch(), last.transactionLsn() + 2 * 8, last.ordinal())));
            await().until(() ->
                    scene.effects().query("SELECT result FROM inbox.start_request WHERE done_at IS NULL").stream()
                            .anyMatch(result -> result.contains("ends before the position")));
            relay.publish("a");
            scene.effects().awaitCount(2);
            relay.publish("a");
            awaitDone(1);
            relay.publish("a");
            await().untilAsserted(() -> assertThat(scene.effects().numbersOf("a"))
                    .startsWith(1, 2, 3)
                    .endsWith(3, 4));
        }
    }

    @Test
    void itPassesAMessageThatHoldsItsPartitionUp() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            EventEnvelope event = relay.envelope(new AccountCreated("a", 0));
            relay.connection().jetStream().publish(event.subject().toString(), new byte[0]);
            await().untilAsserted(() -> assertThat(consumer.status()
                            .partitions()
                            .get(event.partition())
                            .waiting())
                    .isNotNull());
            consumer.reset(StartAt.now());
            awaitDone(1);
            relay.publish("a");
            scene.effects().awaitCount(2);
        }
        scene.effects().assertEachOnceInOrder(2);
    }

    /** One that was frozen meanwhile does not know what was parked since. */
    @Test
    void anOwnerFromBeforeItHasLostItsCheckpointThoughThatIsWhereItWas() throws SQLException {
        CheckpointTable table = new CheckpointTable(new ConsumerIdentity("directory", scene.source()));
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers());
                Connection connection = scene.effects().dataSource().getConnection()) {
            int partition = relay.publish("a").partition();
            scene.effects().awaitCount(1);
            Checkpoint before = Objects.requireNonNull(table.load(connection, partition));
            consumer.reset(StartAt.beginning());
            scene.effects().awaitCount(2);
            Checkpoint after = Objects.requireNonNull(table.load(connection, partition));

            assertThat(after.sequence()).isEqualTo(before.sequence());
            assertThat(after.position()).isEqualTo(before.position());
            assertThat(table.lock(connection, partition, before, Duration.ofMinutes(1)))
                    .isNull();
            assertThat(table.lock(connection, partition, after, Duration.ofMinutes(1)))
                    .isNotNull();
        }
    }

    private static void awaitParked(OutboxConsumer consumer, ParkedCounts expected) {
        await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(expected));
    }

    private void awaitDone(int requests) {
        await().untilAsserted(() -> assertThat(scene.effects().query("SELECT count(done_at) FROM inbox.start_request"))
                .containsExactly(Integer.toString(requests)));
    }
}
