package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.localservers.Ports;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

@ExtendWith(Servers.class)
final class ParkedEventsIT {
    private static final List<String> OTHERS = Servers.accounts(20);

    private final Servers.Scene scene = Servers.scene();

    @AfterEach
    void close() {
        scene.close();
    }

    /** Fails for some accounts, after it has written. */
    static class Failing extends RecordingHandlers {
        final Set<String> broken = ConcurrentHashMap.newKeySet();
        final Map<String, Integer> tried = new ConcurrentHashMap<>();

        Failing(String... broken) {
            this.broken.addAll(List.of(broken));
        }

        @Override
        void after(AccountCreated event) {
            if (broken.contains(event.account())) {
                tried.merge(event.account() + event.number(), 1, Integer::sum);
                throw failure(event);
            }
        }

        RuntimeException failure(AccountCreated event) {
            return new IllegalStateException("secret of " + event.account());
        }
    }

    @Test
    void aFailingEventHoldsUpItsAggregateAlone() {
        Failing handlers = new Failing("broken");
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers);
                LogCapture log = new LogCapture()) {
            relay.publishBurst(200, OTHERS);
            EventEnvelope first = relay.publish("broken");
            relay.publishBurst(400, Servers.accounts(20));
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

    @Test
    void whatIsParkedIsAllThatItTakesToHandleItLaterAndSaysNothingOfItsPayload() {
        ConcurrentLinkedQueue<EventEnvelope> seen = new ConcurrentLinkedQueue<>();
        Failing handlers = new Failing("secret-account") {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                seen.add(envelope);
                super.on(event, envelope, tx);
            }
        };
        try (TestRelay relay = scene.relay();
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
    void afterItsLastAttemptAnEventIsDeadAndStaysSoUntilItIsRedriven() {
        Failing handlers = new Failing("broken");
        try (TestRelay relay = scene.relay()) {
            try (OutboxConsumer consumer = started(scene.consumer(handlers).attempts(3));
                    LogCapture log = new LogCapture()) {
                relay.publish("broken");
                await().untilAsserted(
                                () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
                relay.publishBurst(3, List.of("broken"));
                await().untilAsserted(
                                () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 3, 1)));
                assertThat(log.lines()).anyMatch(line -> line.startsWith("ERROR") && line.contains("dead after 3"));
            }
            try (OutboxConsumer consumer = scene.started(handlers)) {
                relay.publishBurst(2, List.of("broken"));
                relay.publishBurst(40, OTHERS);
                scene.effects().awaitCount(40);
                await().untilAsserted(
                                () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 5, 1)));
                assertThat(handlers.tried).containsExactly(Map.entry("broken1", 3));

                handlers.broken.clear();
                assertThat(consumer.deadLetters().redrive(DeadLetterFilter.ALL)).isOne();

                scene.effects().awaitCount(46);
                scene.effects().assertEachOnceInOrder(46);
            }
        }
    }

    @Test
    void aHandlerSaysThatNoOtherAttemptWillHelp() {
        class Terminal extends Failing {
            Terminal() {
                super("terminal", "named", "wrapped");
            }

            @Override
            RuntimeException failure(AccountCreated event) {
                return switch (event.account()) {
                    case "terminal" -> new TerminalException("no way");
                    case "named" -> new UnsupportedOperationException();
                    default -> new IllegalStateException(new NumberFormatException());
                };
            }
        }
        Terminal handlers = new Terminal();
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(handlers)
                        .noRetryFor(UnsupportedOperationException.class, IllegalArgumentException.class))) {
            List.of("terminal", "named", "wrapped").forEach(relay::publish);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 3)));
            assertThat(handlers.tried.values()).containsOnly(1);
        }
    }

    @Test
    void aMethodMayHaveAnotherPolicyThanTheConsumer() {
        class Own extends Failing {
            Own() {
                super("broken");
            }

            @Override
            @Handles(
                    value = AccountCreated.class,
                    attempts = 2,
                    backoff = @Handles.Backoff(delay = 1, maxDelay = 5),
                    noRetryFor = ArithmeticException.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                super.on(event, envelope, tx);
            }
        }
        Own handlers = new Own();
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(
                        scene.consumer(handlers).backoff(new Backoff(Duration.ofHours(1), Duration.ofHours(2))))) {
            relay.publish("broken");
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            assertThat(handlers.tried).containsExactly(Map.entry("broken1", 2));
        }
    }

    @Test
    void aPayloadThatCannotBeReadIsParked() {
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers());
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
        Failing handlers = new Failing("broken");
        try (TestRelay relay = scene.relay();
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

    @Test
    void whatWaitsBehindAnEventThatSomebodyHasDeletedGoesOn() {
        Failing handlers = new Failing("broken");
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(handlers).attempts(1))) {
            relay.publishBurst(3, List.of("broken"));
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 2, 1)));
            handlers.broken.clear();
            scene.effects().execute("DELETE FROM inbox.parked_event WHERE state = 'dead'");
            scene.effects().awaitCount(2);
            assertThat(scene.effects().numbersOf("broken")).containsExactly(2, 3);
            relay.publish("broken");
            scene.effects().awaitCount(3);
            assertThat(scene.effects().numbersOf("broken")).containsExactly(2, 3, 4);
        }
    }

    @Test
    void deadEventsAreListedRedrivenAndDiscardedByWhatTheyAre() {
        Failing handlers = new Failing("one", "two", "three");
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(handlers).attempts(1))) {
            DeadLetters dead = consumer.deadLetters();
            EventEnvelope one = relay.publish("one");
            EventEnvelope two = relay.publish("two");
            relay.publish("three");
            relay.publishBurst(6, List.of("one", "two", "three"));
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 6, 3)));

            assertThat(dead.list(DeadLetterFilter.ALL, 2)).hasSize(2);
            assertThat(dead.list(DeadLetterFilter.ofType("AccountClosed"), 10)).isEmpty();
            assertThat(dead.list(DeadLetterFilter.ofEvent(one.eventId()), 10))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.aggregateType()).isEqualTo("account");
                        assertThat(letter.aggregateId()).isEqualTo("one");
                        assertThat(letter.eventType()).isEqualTo("AccountCreated");
                        assertThat(letter.position()).isEqualTo(one.position());
                        assertThat(letter.attempts()).isOne();
                        assertThat(letter.error()).contains(IllegalStateException.class.getName());
                        assertThat(letter.waiting()).isEqualTo(2);
                    });
            assertThat(dead.payload(one.eventId()))
                    .hasValueSatisfying(payload -> assertThat(new String(payload, StandardCharsets.UTF_8))
                            .contains("\"account\":\"one\""));
            assertThat(dead.payload(UUID.randomUUID())).isEmpty();

            handlers.broken.clear();
            assertThat(dead.discard(DeadLetterFilter.ofEvent(one.eventId()))).isOne();
            assertThat(dead.redrive(DeadLetterFilter.ofEvent(two.eventId()))).isOne();
            scene.effects().awaitCount(5);
            assertThat(scene.effects().numbersOf("one")).containsExactly(2, 3);
            assertThat(scene.effects().numbersOf("two")).containsExactly(1, 2, 3);
            assertThat(dead.redrive(DeadLetterFilter.ofAggregate("account", "three")))
                    .isOne();
            scene.effects().awaitCount(8);
            assertThat(dead.list(DeadLetterFilter.ALL, 10)).isEmpty();
            assertThat(dead.redrive(DeadLetterFilter.ALL)).isZero();
        }
    }

    @Test
    void whatComesAgainWhileItIsParkedIsNotParkedTwice() {
        Failing handlers = new Failing("broken");
        try (TestRelay relay = scene.relay()) {
            try (OutboxConsumer consumer = scene.started(handlers)) {
                relay.publishBurst(3, List.of("broken"));
                await().untilAsserted(() ->
                        assertThat(consumer.status().parked().total()).isEqualTo(3));
            }
            scene.effects().execute("DELETE FROM inbox.checkpoint");
            try (OutboxConsumer consumer = scene.started(handlers)) {
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

    @Test
    void troubleOfTheDatabaseIsNoAttemptOfAParkedEventEither() {
        ConcurrentLinkedQueue<Integer> calls = new ConcurrentLinkedQueue<>();
        class Troubled extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                calls.add(event.number());
                switch (calls.size()) {
                    case 1 -> throw new IllegalStateException();
                    case 2, 3 -> tx.createStatement().execute("SELECT pg_terminate_backend(pg_backend_pid())");
                    case 4 -> throw new SQLException("deadlock detected", "40P01");
                    default -> super.on(event, envelope, tx);
                }
            }
        }
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(new Troubled()).attempts(2));
                LogCapture log = new LogCapture()) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            scene.effects().assertEachOnceInOrder(1);
            assertThat(calls).hasSize(5);
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains("parked events wait"));
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    /** The consumer waits for its own, since nothing can be handled without it; for another one only this event does. */
    @Test
    void troubleOfAnotherDatabaseIsAnAttempt() {
        class AsksAnother extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                super.on(event, envelope, tx);
                if (event.account().equals("abroad")) {
                    DriverManager.getConnection("jdbc:postgresql://localhost:" + Ports.free() + "/another")
                            .close();
                }
            }
        }
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer =
                        started(scene.consumer(new AsksAnother()).attempts(3))) {
            relay.publishBurst(
                    42, Stream.concat(OTHERS.stream(), Stream.of("abroad")).toList());
            scene.effects().awaitCount(40);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 1, 1)));
            assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 1))
                    .singleElement()
                    .satisfies(dead -> assertThat(dead.error()).contains("SQLSTATE 08001"));
            scene.effects().assertEachOnceInOrder(40);
        }
    }

    @Test
    void whatFailsInTheMiddleOfAQueueIsTheFirstOfTheOthers() {
        class Middle extends Failing {
            Middle() {
                super("a");
            }

            @Override
            void after(AccountCreated event) {
                if (event.number() == 1 || event.number() == 15) {
                    super.after(event);
                }
            }
        }
        Middle handlers = new Middle();
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(handlers).attempts(1))) {
            relay.publish("a");
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            relay.publishBurst(29, List.of("a"));
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 29, 1)));
            assertThat(consumer.deadLetters().discard(DeadLetterFilter.ALL)).isOne();
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 15, 1)));
            assertThat(scene.effects().numbersOf("a"))
                    .isEqualTo(IntStream.rangeClosed(2, 14).boxed().toList());
            handlers.broken.clear();
            assertThat(consumer.deadLetters().redrive(DeadLetterFilter.ALL)).isOne();
            scene.effects().awaitCount(29);
            assertThat(scene.effects().numbersOf("a"))
                    .isEqualTo(IntStream.rangeClosed(2, 30).boxed().toList());
        }
    }

    /** Whoever handles an event of an aggregate and whoever takes the last one out of its queue may meet at any moment. */
    @Test
    void handlersThatFailAtRandomChangeNeitherOnceNorOrder() {
        List<String> few = Servers.accounts(7);
        try (TestRelay relay = scene.relay();
                LogCapture log = new LogCapture();
                OutboxConsumer one = started(FailingAtRandom.patient(scene.consumer(new FailingAtRandom(10))));
                OutboxConsumer other = started(FailingAtRandom.patient(scene.consumer(new FailingAtRandom(10))))) {
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
    void manyDeadEventsAndLongQueuesAreLeftBehind() {
        Failing handlers = new Failing(OTHERS.toArray(String[]::new));
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = started(scene.consumer(handlers).attempts(1))) {
            relay.publishBurst(2_000, OTHERS);
            relay.publish("fine");
            scene.effects().awaitCount(1);
            await().untilAsserted(
                            () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 1_980, 20)));
            handlers.broken.clear();
            List<String> inAnyOrder = new ArrayList<>(OTHERS);
            Collections.shuffle(inAnyOrder);
            inAnyOrder.forEach(account -> assertThat(
                            consumer.deadLetters().redrive(DeadLetterFilter.ofAggregate("account", account)))
                    .isOne());
            scene.effects().awaitCount(2_001);
            scene.effects().assertEachOnceInOrder(2_001);
            assertThat(IntStream.rangeClosed(1, 100).boxed().toList())
                    .isEqualTo(scene.effects().numbersOf(OTHERS.getFirst()));
        }
    }

    @Test
    void aLoginThatMayNotParkIsRefusedAtTheStart() {
        try (TestRelay relay = scene.relay();
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
                .nats(scene.nats().url())
                .handlers(new RecordingHandlers())
                .build();
        assertThat(catchThrowableOfType(AftercommitException.class, consumer::start))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.DATABASE_UNSUITABLE))
                .hasMessageContaining("GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.parked_event");
    }

    private DataSource as(String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(scene.postgres().jdbcUrl(scene.database()));
        source.setUser("postgres");
        source.setPassword("postgres");
        source.setOptions("-c role=" + role);
        return source;
    }

    private static OutboxConsumer started(OutboxConsumer.Builder builder) {
        OutboxConsumer consumer = builder.build();
        consumer.start();
        return consumer;
    }
}
