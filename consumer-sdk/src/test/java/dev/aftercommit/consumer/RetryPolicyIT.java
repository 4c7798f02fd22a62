package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.localservers.Ports;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often an event is tried, and what is an attempt. */
@OutboxTest(schema = Effects.Table.class)
final class RetryPolicyIT {
    private static final List<String> OTHERS = AccountRelay.accounts(20);

    private final Scene scene;

    RetryPolicyIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aHandlerSaysThatNoOtherAttemptWillHelp() {
        class Terminal extends FailingHandlers {
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
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers)
                        .noRetryFor(UnsupportedOperationException.class, IllegalArgumentException.class))) {
            List.of("terminal", "named", "wrapped").forEach(relay::publish);
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 3)));
            assertThat(handlers.tried.values()).containsOnly(1);
        }
    }

    @Test
    void aMethodMayHaveAnotherPolicyThanTheConsumer() {
        class Own extends FailingHandlers {
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
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(
                        scene.consumer(handlers).backoff(new Backoff(Duration.ofHours(1), Duration.ofHours(2))))) {
            relay.publish("broken");
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            assertThat(handlers.tried).containsExactly(Map.entry("broken1", 2));
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
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new Troubled()).attempts(2));
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
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new AsksAnother()).attempts(3))) {
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
}
