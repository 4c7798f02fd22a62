package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Servers.class)
final class HandlerTransactionIT {
    private final Servers.Scene scene = Servers.scene();

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
        try (TestRelay relay = scene.relay();
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
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new TakesOnlyEnvelope())) {
            EventEnvelope sent = relay.publish("Zürich 7%");
            await().untilAsserted(() -> assertThat(seen).containsExactly(sent));
            assertThat(consumer.status().connected()).isTrue();
        }
    }

    static class EndsTheTransaction extends RecordingHandlers {
        final Queue<String> errors = new ConcurrentLinkedQueue<>();
        volatile String how = "";
        volatile boolean mended;

        @Override
        @Handles(AccountCreated.class)
        void on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
            super.on(event, envelope, tx);
            if (mended) {
                return;
            }
            try {
                switch (how) {
                    case "commit" -> tx.commit();
                    case "rollback" -> tx.rollback();
                    case "close" -> tx.close();
                    case "setAutoCommit" -> tx.setAutoCommit(true);
                    default -> throw new IllegalArgumentException(how);
                }
            } catch (RuntimeException e) {
                errors.add(e.getMessage());
                throw e;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"commit", "rollback", "close", "setAutoCommit"})
    void aHandlerMayNotEndTheTransaction(String how) {
        EndsTheTransaction handlers = new EndsTheTransaction();
        handlers.how = how;
        try (TestRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers)) {
            relay.publish("a");
            await().untilAsserted(() -> assertThat(handlers.errors).isNotEmpty());
            assertThat(handlers.errors.peek())
                    .startsWith("Connection." + how + " was called in a handler")
                    .contains("throw to roll back");
            assertThat(scene.effects().count()).isZero();
            await().untilAsserted(() -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 0, 0)));
            handlers.mended = true;
            scene.effects().awaitCount(1);
            scene.effects().assertEachOnceInOrder(1);
        }
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
        try (TestRelay relay = scene.relay();
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
        try (TestRelay relay = scene.relay();
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
