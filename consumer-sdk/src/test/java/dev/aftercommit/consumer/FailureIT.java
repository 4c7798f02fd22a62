package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@OutboxTest(schema = Effects.Table.class)
final class FailureIT {
    private final Scene scene;

    FailureIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void whatFailsInABatchAloneIsTriedAlone() {
        AtomicInteger failures = new AtomicInteger();
        class FailsInBatches extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                if (event.number() == 50 && failures.getAndIncrement() == 0) {
                    throw new IllegalStateException();
                }
            }
        }
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(100, AccountRelay.accounts(1));
            try (OutboxConsumer consumer = scene.started(new FailsInBatches())) {
                scene.effects().awaitCount(100);
                assertThat(consumer.status().connected()).isTrue();
            }
            scene.effects().assertEachOnceInOrder(100);
            assertThat(scene.effects().transactions()).isBetween(3L, 30L);
        }
    }

    @Test
    void aMessageThatIsNoEventHoldsItsPartitionUntilItIsDeleted() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            EventEnvelope event = relay.envelope(new AccountCreated("a", 0));
            relay.connection().jetStream().publish(event.subject().toString(), new byte[0]);
            await().untilAsserted(() -> {
                Waiting waiting =
                        consumer.status().partitions().get(event.partition()).waiting();
                assertThat(waiting).isNotNull();
                assertThat(waiting.reason()).isEqualTo(Waiting.Reason.MALFORMED_MESSAGE);
                assertThat(waiting.message()).contains(event.subject().toString());
            });
            relay.publish("a");
            relay.stream().management().deleteMessage(relay.stream().name(), 1);
            scene.effects().awaitCount(1);
            PartitionStatus partition = consumer.status().partitions().get(event.partition());
            assertThat(partition.waiting()).isNull();
            assertThat(partition.goneMessages()).isOne();
        }
    }

    @Test
    void aConflictWithAnotherTransactionIsNotAnAttempt() {
        AtomicInteger conflicts = new AtomicInteger();
        class Conflicting extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                super.on(event, envelope, tx);
                if (conflicts.getAndIncrement() < 5) {
                    throw new SQLException("deadlock detected", "40P01");
                }
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new Conflicting())) {
            int partition = relay.publish("a").partition();
            scene.effects().awaitCount(1);
            assertThat(consumer.status().partitions().get(partition).failedAttempts())
                    .isZero();
            scene.effects().assertEachOnceInOrder(1);
        }
    }

    @Test
    void aHandlerThatSwallowsADatabaseErrorCommitsNothing() {
        Queue<Integer> calls = new ConcurrentLinkedQueue<>();
        class Swallows extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                super.on(event, envelope, tx);
                calls.add(event.number());
                if (calls.size() < 3) {
                    try (var statement = tx.createStatement()) {
                        statement.execute("SELECT 1 / 0");
                    } catch (SQLException swallowed) {
                        LoggerFactory.getLogger(FailureIT.class).debug("swallowed", swallowed);
                    }
                }
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new Swallows())) {
            int partition = relay.publish("a").partition();
            scene.effects().awaitCount(1);
            scene.effects().assertEachOnceInOrder(1);
            assertThat(calls).hasSize(3);
            assertThat(consumer.status().partitions().get(partition).failedAttempts())
                    .isOne();
        }
    }

    @Test
    void aDatabaseThatTakesNoWritesIsWaitedForWithoutCountingAttempts() {
        String alter = "ALTER DATABASE " + scene.database() + " SET default_transaction_read_only = ";
        DataSource server = scene.server();
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            Sql.execute(server, alter + "on");
            scene.effects().dataSource().getHikariPoolMXBean().softEvictConnections();
            int partition = relay.publish("a").partition();
            await().untilAsserted(() -> assertThat(
                            consumer.status().partitions().get(partition).waiting())
                    .isNotNull()
                    .satisfies(waiting -> assertThat(waiting.reason()).isEqualTo(Waiting.Reason.DATABASE_UNAVAILABLE)));
            assertThat(consumer.status().partitions().get(partition).failedAttempts())
                    .isZero();
            Sql.execute(server, alter + "off");
            scene.effects().dataSource().getHikariPoolMXBean().softEvictConnections();
            scene.effects().awaitCount(2);
            scene.effects().assertEachOnceInOrder(2);
        }
    }

    @Test
    void closeLetsAHandlerFinish() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        class Slow extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                entered.countDown();
                await().until(() -> leave.getCount() == 0);
            }
        }
        try (AccountRelay relay = scene.relay()) {
            OutboxConsumer consumer = scene.started(new Slow());
            relay.publish("a");
            entered.await();
            Thread closing = Thread.ofVirtual().start(consumer::close);
            leave.countDown();
            assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
            scene.effects().assertEachOnceInOrder(1);
        }
    }

    @Test
    void closeRollsBackAHandlerThatDoesNotFinish() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        class Endless extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                entered.countDown();
                await().forever().until(() -> false);
            }
        }
        try (AccountRelay relay = scene.relay()) {
            OutboxConsumer consumer = scene.started(new Endless());
            relay.publish("a");
            entered.await();
            long start = System.nanoTime();
            consumer.close(Duration.ofSeconds(1));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
            try (OutboxConsumer next = scene.started(new RecordingHandlers())) {
                scene.effects().awaitCount(1);
                assertThat(next.status().ownedPartitions()).isEqualTo(AccountRelay.PARTITIONS);
            }
            scene.effects().assertEachOnceInOrder(1);
        }
    }

    @Test
    void aCheckpointMovedBySomebodyElseStopsThisOwnerAndNothingIsDoubled() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            EventEnvelope first = relay.publish("a");
            scene.effects().awaitCount(1);
            OutboxPosition reached = first.position();
            scene.effects()
                    .execute("UPDATE inbox.checkpoint SET stream_sequence = 2, event_id = NULL, position = '"
                            + new OutboxPosition(1, reached.transactionLsn() + 8, 0) + "'");
            relay.publish("a");
            EventEnvelope third = relay.publish("a");
            scene.effects().awaitCount(2);
            assertThat(scene.effects().numbersOf("a")).containsExactly(1, 3);
            await().untilAsserted(() -> assertThat(consumer.status()
                            .partitions()
                            .get(third.partition())
                            .position())
                    .isEqualTo(third.position()));
        }
    }
}
