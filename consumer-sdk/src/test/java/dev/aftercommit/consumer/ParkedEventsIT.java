package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.consumer.spi.FailedAttempt;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@OutboxTest(schema = Effects.Table.class)
final class ParkedEventsIT {
    private static final List<String> OTHERS = AccountRelay.accounts(20);

    private final Scene scene;

    ParkedEventsIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aFailingEventHoldsUpItsAggregateAlone() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers);
                LogCapture log = new LogCapture()) {
            relay.publishBurst(200, OTHERS);
            EventEnvelope first = relay.publish("broken");
            relay.publishBurst(400, AccountRelay.accounts(20));
            relay.publishBurst(9, List.of("broken"));
            relay.publishBurst(400, OTHERS);
            scene.effects().awaitCount(1_000);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 9, 0)));
            assertThat(scene.effects().numbersOf("broken")).isEmpty();
            assertThat(handlers.tried).containsOnlyKeys("broken1");
            assertThat(consumer.status().partitions()).allMatch(partition -> partition.waiting() == null);
            assertThat(consumer.status().partitions().get(first.partition()).parkedEvents())
                    .isEqualTo(10);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains(first.eventId().toString())
                            && line.contains("RecordingHandlers.on(")
                            && line.contains("It is parked"))
                    .noneMatch(line -> line.startsWith("WARN") && line.contains("secret"));

            handlers.broken.clear();

            scene.effects().awaitCount(1_010);
            scene.effects().assertEachOnceInOrder(1_010);
            relay.publish("broken");
            scene.effects().awaitCount(1_011);
            scene.effects().assertEachOnceInOrder(1_011);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(ParkedCounts.NONE));
        }
    }

    /** For example because the process stood still for longer than a transaction may be idle. */
    @Test
    void anEventThatCouldNotBePutBehindOthersAtOnceWaitsBehindThemAllTheSame() {
        FailingHandlers handlers = new FailingHandlers("broken");
        ConcurrentLinkedQueue<FailedAttempt> failures = new ConcurrentLinkedQueue<>();
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.consumer(handlers).attempts(1).build()) {
            consumer.addListener(new ConsumerListener() {
                @Override
                public void failed(FailedAttempt attempt) {
                    failures.add(attempt);
                }
            });
            consumer.start();
            EventEnvelope refused = relay.publish("broken");
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            scene.effects().execute("""
                    CREATE SEQUENCE tried;
                    CREATE FUNCTION time_out_once() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                      IF nextval('tried') = 1 THEN
                        RAISE EXCEPTION 'idle for too long' USING ERRCODE = 'idle_in_transaction_session_timeout';
                      END IF;
                      RETURN NEW;
                    END $$;
                    CREATE TRIGGER time_out_once BEFORE INSERT ON inbox.parked_event
                      FOR EACH ROW WHEN (NEW.state = 'waiting') EXECUTE FUNCTION time_out_once();
                    """);
            handlers.broken.clear();
            relay.publish("broken");
            await().untilAsserted(() -> assertThat(
                            scene.effects().query("SELECT state, attempts FROM inbox.parked_event ORDER BY id"))
                    .containsExactly("dead|1", "waiting|0"));
            consumer.deadLetters().redrive(DeadLetterFilter.ALL);
            scene.effects().awaitCount(2);
            scene.effects().assertEachOnceInOrder(2);
            assertThat(failures)
                    .as("the second one's handler was not called in vain")
                    .extracting(failure -> failure.event().eventId())
                    .containsExactly(refused.eventId());
        }
    }

    @Test
    void whatIsParkedIsAllThatItTakesToHandleItLaterAndSaysNothingOfItsPayload() {
        ConcurrentLinkedQueue<EventEnvelope> seen = new ConcurrentLinkedQueue<>();
        FailingHandlers handlers = new FailingHandlers("secret-account") {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                seen.add(envelope);
                super.on(event, envelope, tx);
            }
        };
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers)) {
            EventEnvelope event = relay.envelope(new AccountCreated("secret-account", 1));
            relay.publish(event, "{\"account\": \"secret-account\",  \"number\": 1}");
            await().until(() -> seen.size() > 2);
            assertThat(scene.effects()
                            .query("SELECT convert_from(payload, 'UTF8'), headers->>'ce-id',"
                                    + " headers->>'tenant', event_type, state, position FROM inbox.parked_event"))
                    .containsExactly(String.join(
                            "|",
                            "{\"account\": \"secret-account\",  \"number\": 1}",
                            event.eventId().toString(),
                            "blue",
                            "AccountCreated",
                            "retrying",
                            event.position().toString()));
            assertThat(scene.effects().query("SELECT error FROM inbox.parked_event"))
                    .singleElement()
                    .asString()
                    .contains(IllegalStateException.class.getName(), " at ")
                    .doesNotContain("secret of");
            handlers.broken.clear();
            scene.effects().awaitCount(1);
            assertThat(Set.copyOf(seen)).containsExactly(event);
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    @Test
    void aPayloadThatCannotBeReadIsParked() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(FailingAtRandom.patient(scene.consumer(new RecordingHandlers())));
                LogCapture log = new LogCapture()) {
            relay.publish(relay.envelope(new AccountCreated("a", 0)), "{\"account\":\"a\",\"number\":\"secret\"}");
            await().untilAsserted(() ->
                    assertThat(consumer.status().parked().retrying()).isOne());
            assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("WARN")
                            && line.contains("cannot be read as " + AccountCreated.class.getName()))
                    .noneMatch(line -> line.startsWith("WARN") && line.contains("secret"));
        }
    }

    @Test
    void anotherInstanceGoesOnWithTheAttempts() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer owner = scene.started(handlers);
                OutboxConsumer other = scene.started(handlers)) {
            relay.publishBurst(3, List.of("broken"));
            await().untilAsserted(() -> assertThat(other.status().parked()).isEqualTo(new ParkedCounts(1, 2, 0)));
            owner.close();
            handlers.broken.clear();
            scene.effects().awaitCount(3);
            scene.effects().assertEachOnceInOrder(3);
        }
    }

    /** It has the ten seconds that every handler has. */
    @Test
    void closeLetsAHandlerFinishThatIsTriedAgain() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(2);
        class SlowTheSecondTime extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                entered.countDown();
                if (calls.incrementAndGet() == 1) {
                    throw new IllegalStateException();
                }
                Load.pause(Duration.ofSeconds(4));
            }
        }
        try (AccountRelay relay = scene.relay()) {
            OutboxConsumer consumer = scene.started(new SlowTheSecondTime());
            relay.publish("a");
            entered.await();
            consumer.close();
            assertThat(calls).hasValue(2);
            scene.effects().assertEachOnceInOrder(1);
        }
    }

    @Test
    void whatComesAgainWhileItIsParkedIsNotParkedTwice() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay()) {
            try (OutboxConsumer consumer = Scene.started(FailingAtRandom.patient(scene.consumer(handlers)))) {
                relay.publishBurst(3, List.of("broken"));
                await().untilAsserted(() ->
                        assertThat(consumer.status().parked().total()).isEqualTo(3));
            }
            scene.effects().execute("DELETE FROM inbox.checkpoint");
            try (OutboxConsumer consumer = Scene.started(FailingAtRandom.patient(scene.consumer(handlers)))) {
                int partition = relay.publish("broken").partition();
                await().untilAsserted(() -> assertThat(
                                consumer.status().partitions().get(partition).parkedEvents())
                        .isEqualTo(4));
                handlers.broken.clear();
                scene.effects().awaitCount(4);
                scene.effects().assertEachOnceInOrder(4);
            }
        }
    }

    /** Whoever handles an event of an aggregate and whoever takes the last one out of its queue may meet at any moment. */
    @Test
    void handlersThatFailAtRandomChangeNeitherOnceNorOrder() {
        List<String> few = AccountRelay.accounts(7);
        try (AccountRelay relay = scene.relay();
                LogCapture log = new LogCapture();
                OutboxConsumer one = Scene.started(FailingAtRandom.patient(scene.consumer(new FailingAtRandom(10))));
                OutboxConsumer other =
                        Scene.started(FailingAtRandom.patient(scene.consumer(new FailingAtRandom(10))))) {
            for (int i = 0; i < 40; i++) {
                relay.publishBurst(50, few);
                Load.pause(Duration.ofMillis(20));
            }
            scene.effects().awaitCount(2_000);
            scene.effects().assertEachOnceInOrder(2_000);
            assertThat(log.lines()).noneMatch(line -> line.contains("the first events of which are gone"));
            await().untilAsserted(() -> assertThat(List.of(one, other))
                    .allMatch(consumer -> consumer.status().parked().total() == 0));
            assertThat(one.status().partitions().stream()
                                    .mapToLong(PartitionStatus::parkedEvents)
                                    .sum()
                            + other.status().partitions().stream()
                                    .mapToLong(PartitionStatus::parkedEvents)
                                    .sum())
                    .isGreaterThan(100);
        }
    }

    @Test
    void aLoginThatMayNotParkIsRefusedAtTheStart() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer migrated = scene.started(new RecordingHandlers())) {
            relay.publish("a");
            assertThat(migrated.status().connected()).isTrue();
        }
        scene.effects().execute("REVOKE DELETE ON inbox.parked_event FROM postgres; CREATE ROLE " + scene.database());
        scene.effects()
                .execute("GRANT USAGE ON SCHEMA inbox TO " + scene.database()
                        + "; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA inbox TO " + scene.database()
                        + "; GRANT " + scene.database() + " TO postgres");
        OutboxConsumer consumer = OutboxConsumer.builder()
                .name("directory")
                .source(scene.source())
                .dataSource(as(scene.database()))
                .migrate(false)
                .nats(scene.natsUrl())
                .handlers(new RecordingHandlers())
                .build();
        assertThat(catchThrowableOfType(AftercommitException.class, consumer::start))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DATABASE_UNSUITABLE))
                .hasMessageContaining("GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.parked_event");
    }

    private DataSource as(String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(scene.jdbcUrl());
        source.setUser("postgres");
        source.setPassword("postgres");
        source.setOptions("-c role=" + role);
        return source;
    }
}
