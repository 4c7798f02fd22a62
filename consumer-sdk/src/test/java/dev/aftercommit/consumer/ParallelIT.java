package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ConsumerConfiguration;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

/** Events that are handled each by itself, many at a time. */
@OutboxTest(schema = Effects.Table.class)
final class ParallelIT {
    private static final List<String> ACCOUNTS = AccountRelay.accounts(20);

    private final Scene scene;
    private final AccountRelay relay;

    ParallelIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
        relay = scene.relay();
    }

    @AfterEach
    void close() {
        relay.close();
        scene.close();
    }

    @Test
    void soManyRunAtATimeAndNoMore() {
        CountDownLatch end = new CountDownLatch(1);
        RecordingHandlers handlers = new RecordingHandlers() {
            @Override
            void before(AccountCreated event) {
                waitFor(end);
            }
        };
        relay.publishBurst(200, ACCOUNTS);
        try (OutboxConsumer consumer = started(4, handlers)) {
            await().until(() -> parallel(consumer).running() == 4);
            await().until(() -> consumer.status().lag().events() == 200 && isOlderThanALook(parallel(consumer)));
            assertThat(parallel(consumer).running()).isEqualTo(4);
            end.countDown();
            scene.effects().awaitCount(200);
            await().untilAsserted(() -> assertThat(consumer.status().lag()).isEqualTo(Lag.NONE));
            ParallelStatus status = parallel(consumer);
            assertThat(status.handledEvents()).isEqualTo(200);
            assertThat(status.sequence()).isEqualTo(200);
            assertThat(consumer.status().health().verdict()).isEqualTo(ConsumerHealth.Verdict.UP);
        }
        assertEachOnce(200);
    }

    /** JetStream waits for 11 seconds here, not for 30. */
    @Test
    void aHandlerThatTakesLongerThanJetStreamWaitsIsCalledOnce() throws IOException, JetStreamApiException {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        RecordingHandlers slow = new RecordingHandlers() {
            @Override
            void before(AccountCreated event) {
                calls.incrementAndGet();
                waitFor(end);
            }
        };
        try (OutboxConsumer consumer = started(4, slow);
                OutboxConsumer other = started(4, slow)) {
            await().until(() ->
                    parallel(consumer).sequence() != null && parallel(other).sequence() != null);
            beImpatient();
            relay.publish("a");
            await().until(() -> calls.get() == 1);
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> Stream.of(consumer, other).anyMatch(each -> runsForLongerThan(parallel(each), 14)));
            assertThat(redelivered()).isZero();
            end.countDown();
            scene.effects().awaitCount(1);
            await().until(() -> consumer.status().lag().events() == 0);
            assertThat(calls).hasValue(1);
        }
        assertEachOnce(1);
    }

    @Test
    void anEventThatFailsIsParkedAloneAndDeadAtLastAndRedriven() {
        FailingHandlers handlers = new FailingHandlers("bad");
        for (int i = 0; i < 2; i++) {
            relay.publish("bad");
        }
        relay.publishBurst(40, ACCOUNTS);
        try (OutboxConsumer consumer = started(scene.consumer(handlers)
                .parallel(8)
                .attempts(3)
                .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(5))))) {
            scene.effects().awaitCount(40);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 2)));
            assertThat(handlers.tried).containsEntry("bad1", 3).containsEntry("bad2", 3);
            assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 10))
                    .hasSize(2)
                    .allSatisfy(dead -> assertThat(dead.waiting()).isZero());
            handlers.broken.clear();
            relay.publish("bad"); // is not behind them
            scene.effects().awaitCount(41);
            assertThat(scene.effects().numbersOf("bad")).containsExactly(3);
            consumer.deadLetters().redrive(DeadLetterFilter.ALL);
            scene.effects().awaitCount(43);
            await().until(() -> consumer.status().parked().total() == 0);
            assertThat(parallel(consumer).parkedEvents()).isEqualTo(2);
            assertThat(parallel(consumer).failedAttempts()).isEqualTo(2);
        }
        assertEachOnce(43);
    }

    static final class Ending {
        @Handles(AccountCreated.class)
        void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
            new RecordingHandlers().on(event, envelope, tx);
            tx.unwrap(PgConnection.class).commit();
        }
    }

    /** What it has done before is committed: it must not happen again, and must not count as handled. */
    @Test
    void anEventWhoseHandlerEndsItsTransactionIsDeadAndNotNoted() {
        relay.publish("a");
        try (OutboxConsumer consumer = started(2, new Ending())) {
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            assertThat(parallel(consumer).handledEvents()).isZero();
        }
        assertEachOnce(1);
    }

    @Test
    void whatIsCutOffByAStopIsHandledByAnotherInstanceAtOnce() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        relay.publish("a");
        try (OutboxConsumer first = started(2, new RecordingHandlers() {
            @Override
            void after(AccountCreated event) {
                begun.countDown();
                waitFor(never);
            }
        })) {
            waitFor(begun);
            first.close(Duration.ofMillis(100));
            assertThat(scene.effects().count()).isZero();
        }
        try (OutboxConsumer second = started(2, new RecordingHandlers())) {
            scene.effects().awaitCount(1, Duration.ofSeconds(20)); // sooner than JetStream would give it by itself
            assertThat(second.status().parked().total()).isZero();
        }
        assertEachOnce(1);
    }

    @Test
    void anEventThatAnotherInstanceHasInHandIsLeftToIt() throws SQLException {
        try (Connection other = scene.effects().dataSource().getConnection();
                OutboxConsumer consumer = started(2, new RecordingHandlers())) {
            EventEnvelope event = relay.envelope(new AccountCreated("a", 1));
            other.setAutoCommit(false);
            try (PreparedStatement lock = other.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended("
                    + "concat_ws(E'\\n', 'aftercommit event', 'directory', ?, ?::text), 0))")) {
                lock.setString(1, scene.source());
                lock.setObject(2, event.eventId());
                lock.executeQuery().close();
            }
            relay.publish(event, "{\"account\": \"a\", \"number\": 1}");
            relay.publishBurst(10, ACCOUNTS);
            scene.effects().awaitCount(10);
            await().until(() -> consumer.status().lag().events() == 1);
            assertThat(scene.effects().numbersOf("a")).isEmpty();
            other.rollback();
            scene.effects().awaitCount(11);
        }
        assertEachOnce(11);
    }

    @Test
    void aMalformedMessageWaitsAloneUntilItIsAccepted() throws IOException, JetStreamApiException {
        relay.publishBurst(10, ACCOUNTS);
        relay.connection().jetStream().publish("outbox." + scene.source() + ".account.AccountCreated.00", new byte[0]);
        relay.publishBurst(10, ACCOUNTS);
        try (OutboxConsumer consumer = started(4, new RecordingHandlers())) {
            scene.effects().awaitCount(20);
            await().until(() -> parallel(consumer).waiting() != null);
            Waiting waiting = parallel(consumer).waiting();
            assertThat(waiting).isNotNull();
            assertThat(waiting.reason()).isEqualTo(Waiting.Reason.MALFORMED_MESSAGE);
            assertThat(consumer.status().waiting()).isNull();
            await().until(() -> Long.valueOf(10).equals(parallel(consumer).sequence()));
            scene.effects().execute(Choices.statement(waiting));
            await().until(() -> Long.valueOf(21).equals(parallel(consumer).sequence()));
            assertThat(parallel(consumer).goneMessages()).isEqualTo(1);
        }
        assertEachOnce(20);
    }

    @Test
    void aResetHasEventsHandledAgain() {
        relay.publishBurst(30, ACCOUNTS);
        try (OutboxConsumer consumer = started(4, new RecordingHandlers())) {
            scene.effects().awaitCount(30);
            await().until(() -> Long.valueOf(30).equals(parallel(consumer).sequence()));
            consumer.reset(StartAt.beginning());
            scene.effects().awaitCount(60);
            relay.publish("a");
            scene.effects().awaitCount(61);
        }
        assertThat(scene.effects().query("SELECT count(*), count(DISTINCT event_id) FROM effect"))
                .containsExactly("61|31");
    }

    @Test
    void nowIsWhenItIsStartedForTheFirstTime() {
        relay.publishBurst(30, ACCOUNTS);
        try (OutboxConsumer consumer =
                started(scene.consumer(new RecordingHandlers()).parallel(4).startAt(StartAt.now()))) {
            relay.publishBurst(10, List.of("later"));
            scene.effects().awaitCount(10);
            assertThat(parallel(consumer).waiting()).isNull();
        }
        assertThat(scene.effects().numbersOf("later")).hasSize(10);
        assertEachOnce(10);
    }

    @Test
    void aConsumerOfOneWayDoesNotGoOnInTheOther() {
        relay.publish("a");
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            scene.effects().awaitCount(1);
            assertThat(consumer.status().parallel()).isNull();
        }
        try (OutboxConsumer consumer =
                scene.consumer(new RecordingHandlers()).parallel(4).build()) {
            assertThatThrownBy(consumer::start)
                    .isInstanceOf(AftercommitException.class)
                    .hasMessageContaining("has handled events in order so far", "another name and startAt(...)");
        }
    }

    private OutboxConsumer started(int most, Object handlers) {
        return started(scene.consumer(handlers).parallel(most));
    }

    private static OutboxConsumer started(OutboxConsumerBuilder builder) {
        return Scene.started(builder);
    }

    static ParallelStatus parallel(OutboxConsumer consumer) {
        ParallelStatus status = consumer.status().parallel();
        assertThat(status).isNotNull();
        return status;
    }

    private void assertEachOnce(int expected) {
        assertThat(scene.effects().query("SELECT count(*), count(DISTINCT event_id) FROM effect"))
                .containsExactly(expected + "|" + expected);
    }

    private static boolean isOlderThanALook(ParallelStatus status) {
        return runsForLongerThan(status, 2);
    }

    private static boolean runsForLongerThan(ParallelStatus status, int seconds) {
        Duration age = status.transactionAge();
        return age != null && age.compareTo(Duration.ofSeconds(seconds)) > 0;
    }

    private void beImpatient() throws IOException, JetStreamApiException {
        JetStreamManagement management = relay.stream().management();
        String stream = relay.stream().name();
        String durable = management.getConsumerNames(stream).getFirst();
        management.updateConsumer(
                stream,
                ConsumerConfiguration.builder(
                                management.getConsumerInfo(stream, durable).getConsumerConfiguration())
                        .ackWait(Duration.ofSeconds(11))
                        .build());
    }

    private long redelivered() throws IOException, JetStreamApiException {
        JetStreamManagement management = relay.stream().management();
        String stream = relay.stream().name();
        String durable = management.getConsumerNames(stream).getFirst();
        return management.getConsumerInfo(stream, durable).getRedelivered();
    }

    static void waitFor(CountDownLatch latch) {
        try {
            boolean ignored = latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
