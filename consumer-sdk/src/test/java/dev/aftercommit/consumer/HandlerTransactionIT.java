package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Effects.Table.class)
final class HandlerTransactionIT {
    private final Scene scene;

    HandlerTransactionIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    static class TakesDsl {
        @Handles(AccountCreated.class)
        void on(DSLContext tx, AccountCreated event, EventEnvelope envelope) {
            tx.execute(Effects.INSERT, envelope.eventId(), event.account(), event.number());
        }
    }

    static class TakesConfiguration {
        @Handles(AccountCreated.class)
        void on(EventEnvelope envelope, AccountCreated event, Configuration tx) {
            tx.dsl().execute(Effects.INSERT, envelope.eventId(), event.account(), event.number());
        }
    }

    @Test
    void aHandlerTakesTheTransactionAsADslContext() {
        assertTakesEffect(new TakesDsl());
    }

    @Test
    void aHandlerTakesTheTransactionAsAConfiguration() {
        assertTakesEffect(new TakesConfiguration());
    }

    @Test
    void aHandlerTakesTheTransactionAsAConnection() {
        assertTakesEffect(new RecordingHandlers());
    }

    private void assertTakesEffect(Object handlers) {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers)) {
            EventEnvelope first = relay.publish("a");
            relay.publish("a");
            scene.effects().awaitCount(2);
            scene.effects().assertEachOnceInOrder(2);
            assertThat(scene.effects().query("SELECT event_id FROM effect WHERE number = 1"))
                    .containsExactly(first.eventId().toString());
            await().untilAsserted(
                            () -> assertThat(consumer.status().handledEvents()).isEqualTo(2));
        }
    }

    @Test
    void theEnvelopeHoldsWhatTravelsWithTheEvent() {
        Queue<EventEnvelope> seen = new ConcurrentLinkedQueue<>();
        @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by reflection
        class TakesOnlyEnvelope {
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope) {
                seen.add(envelope);
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new TakesOnlyEnvelope())) {
            EventEnvelope sent = relay.publish("Zürich 7%");
            await().untilAsserted(() -> assertThat(seen).containsExactly(sent));
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    /** How a handler may try to end its transaction. */
    interface Way {
        void end(Connection tx, DSLContext dsl) throws Exception;
    }

    /** For accounts that are called after a way, after it has written. */
    static class EndsTheTransaction {
        private final Map<String, Way> ways;

        EndsTheTransaction(Map<String, Way> ways) {
            this.ways = ways;
        }

        @Handles(AccountCreated.class)
        void on(AccountCreated event, EventEnvelope envelope, DSLContext dsl) throws Exception {
            dsl.execute(Effects.INSERT, envelope.eventId(), event.account(), event.number());
            Way way = ways.get(event.account());
            if (way != null) {
                way.end(
                        Objects.requireNonNull(
                                dsl.configuration().connectionProvider().acquire()),
                        dsl);
            }
        }
    }

    private static final Map<String, Way> REFUSED = Map.ofEntries(
            Map.entry("commit()", (tx, dsl) -> tx.commit()),
            Map.entry("rollback()", (tx, dsl) -> tx.rollback()),
            Map.entry("close()", (tx, dsl) -> tx.close()),
            Map.entry("abort()", (tx, dsl) -> tx.abort(Runnable::run)),
            Map.entry("setAutoCommit()", (tx, dsl) -> tx.setAutoCommit(true)),
            Map.entry("COMMIT", (tx, dsl) -> execute(tx, "COMMIT")),
            Map.entry("COMMIT AND CHAIN", (tx, dsl) -> execute(tx, "COMMIT AND CHAIN")),
            Map.entry("END", (tx, dsl) -> execute(tx, "END")),
            Map.entry("ROLLBACK", (tx, dsl) -> execute(tx, "ROLLBACK")),
            Map.entry("ABORT", (tx, dsl) -> execute(tx, "ABORT")),
            Map.entry("PREPARE TRANSACTION", (tx, dsl) -> execute(tx, "PREPARE TRANSACTION 'mine'")),
            Map.entry("COMMIT among others", (tx, dsl) -> execute(tx, "SELECT 1; /* and */ commit; SELECT 2")),
            Map.entry(
                    "prepared COMMIT",
                    (tx, dsl) -> tx.prepareStatement("COMMIT").execute()),
            Map.entry("called COMMIT", (tx, dsl) -> tx.prepareCall("COMMIT").execute()),
            Map.entry("batched COMMIT", (tx, dsl) -> {
                Statement statement = tx.createStatement();
                statement.addBatch("COMMIT");
                statement.executeBatch();
            }),
            Map.entry(
                    "connection of a statement",
                    (tx, dsl) -> tx.createStatement().getConnection().commit()),
            Map.entry(
                    "connection of a prepared statement",
                    (tx, dsl) -> tx.prepareStatement("SELECT 1").getConnection().rollback()),
            Map.entry("jOOQ's commit", (tx, dsl) -> dsl.commit().execute()),
            Map.entry("jOOQ's rollback", (tx, dsl) -> dsl.rollback().execute()),
            Map.entry("jOOQ's plain SQL", (tx, dsl) -> dsl.execute("COMMIT")));

    private static void execute(Connection tx, String sql) throws SQLException {
        try (Statement statement = tx.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void anAttemptToEndTheTransactionIsRefusedAndHurtsNobody() {
        int ways = REFUSED.size();
        try (AccountRelay relay = scene.relay()) {
            List<String> accounts = new ArrayList<>(AccountRelay.accounts(30));
            accounts.addAll(REFUSED.keySet());
            Collections.shuffle(accounts);
            relay.publishBurst(3 * accounts.size(), accounts);
            try (OutboxConsumer consumer = once(new EndsTheTransaction(REFUSED))) {
                scene.effects().awaitCount(90);
                await().untilAsserted(() ->
                        assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 2L * ways, ways)));
                scene.effects().assertEachOnceInOrder(90);
                assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 2 * ways))
                        .hasSize(ways)
                        .allSatisfy(dead -> {
                            assertThat(REFUSED).containsKey(dead.aggregateId());
                            assertThat(dead.error())
                                    .as(dead.aggregateId())
                                    .contains(AftercommitException.class.getName());
                            assertThat(scene.effects()
                                            .numbersOf(dead.aggregateId().replace("'", "''")))
                                    .isEmpty();
                        });
            }
        }
    }

    @Test
    void aTransactionThatIsLeftIdleTooLongIsAFailedAttempt() {
        class Slow extends RecordingHandlers {
            @Override
            void after(AccountCreated event) {
                if (event.account().equals("slow")) {
                    Load.pause(Duration.ofSeconds(1));
                }
            }
        }
        OutboxConsumer consumer = scene.consumer(new Slow())
                .attempts(2)
                .idleTransactionTimeout(Duration.ofMillis(200))
                .build();
        try (AccountRelay relay = scene.relay();
                consumer) {
            consumer.start();
            relay.publish("slow");
            relay.publishBurst(20, AccountRelay.accounts(20));
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(0, 0, 1)));
            scene.effects().awaitCount(20);
            scene.effects().assertEachOnceInOrder(20);
        }
    }

    private OutboxConsumer once(Object handlers) {
        OutboxConsumer consumer = scene.consumer(handlers).attempts(1).build();
        consumer.start();
        return consumer;
    }

    @Test
    void theTransactionIsOfNoUseAfterTheHandler() throws SQLException {
        Queue<Connection> leaked = new ConcurrentLinkedQueue<>();
        class Leaks extends RecordingHandlers {
            @Override
            @Handles(AccountCreated.class)
            void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
                super.on(event, envelope, tx);
                leaked.add(tx);
            }
        }
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new Leaks())) {
            relay.publish("a");
            await().untilAsserted(
                            () -> assertThat(consumer.status().handledEvents()).isEqualTo(1));
            assertThat(leaked.element().isClosed()).isTrue();
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> leaked.element().createStatement())
                    .hasMessageContaining("after the handler had returned");
        }
    }

    static class NestedTransactions {
        @Handles(AccountCreated.class)
        void on(AccountCreated event, DSLContext tx, EventEnvelope envelope) {
            tx.transaction(nested -> {
                nested.dsl().execute(Effects.INSERT, envelope.eventId(), event.account(), event.number());
                try {
                    nested.dsl().transaction(inner -> {
                        inner.dsl().execute(Effects.INSERT, envelope.eventId(), event.account(), 99);
                        throw new IllegalStateException("only this part");
                    });
                } catch (IllegalStateException rolledBack) {
                    nested.dsl().execute("UPDATE effect SET account = account || '!'");
                }
            });
        }
    }

    @Test
    void nestedJooqTransactionsAreSavepointsOfTheHandlersTransaction() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new NestedTransactions())) {
            relay.publish("a");
            scene.effects().awaitCount(1);
            assertThat(scene.effects().query("SELECT account, number FROM effect"))
                    .containsExactly("a!|1");
            await().untilAsserted(
                            () -> assertThat(consumer.status().handledEvents()).isEqualTo(1));
        }
    }
}
