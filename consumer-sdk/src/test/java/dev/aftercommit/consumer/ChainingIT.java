package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.migrations.Migrations;
import dev.aftercommit.producer.Outbox;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What handlers emit, by the real producer, into an outbox in the consumer's own database. */
@OutboxTest(schema = Effects.Table.class)
final class ChainingIT {
    private final Scene scene;

    ChainingIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @DomainEvent(aggregateType = "mail", type = "Welcomed")
    record Welcomed(@AggregateId String account, int number) {}

    @DomainEvent(aggregateType = "mail", type = "Noted", version = 2)
    record Noted(@AggregateId String account, int number) {}

    @DomainEvent(aggregateType = "mail", type = "Cyclic")
    record Cyclic(@AggregateId String account, Map<String, Object> self) {}

    /** Emits one event itself and returns another, after its effect; then fails for some accounts. */
    static class Emitting {
        final Set<String> broken = ConcurrentHashMap.newKeySet();

        @Handles(AccountCreated.class)
        List<Object> on(AccountCreated event, EventEnvelope envelope, DSLContext tx) {
            tx.connection(connection -> record(connection, envelope, event));
            Outbox.emit(tx, new Welcomed(event.account(), event.number()), Map.of("own", "1"));
            if (broken.contains(event.account())) {
                throw new IllegalStateException();
            }
            return List.of(new Noted(event.account(), event.number()));
        }
    }

    /** Returns what the producer refuses. */
    static class EmittingTheUnwritable {
        @Handles(AccountCreated.class)
        Cyclic on(AccountCreated event, EventEnvelope envelope, Connection tx) throws SQLException {
            record(tx, envelope, event);
            Map<String, Object> cycle = new ConcurrentHashMap<>();
            cycle.put("me", cycle);
            return new Cyclic(event.account(), cycle);
        }
    }

    @BeforeEach
    void makeTheOutbox() {
        Migrations.outbox(scene.effects().dataSource()).migrate();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void whatAHandlerEmitsOrReturnsCarriesOnTheChainInTheTransactionOfItsEffect() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new Emitting()).emitter(Outbox::emitAll))) {
            EventEnvelope first = relay.publish("a");
            EventEnvelope later = publish(
                    relay, "b", Map.of("correlationid", "order-7", "traceparent", "00-1-2-01", "tracestate", "x=y"));
            scene.effects().awaitCount(2);
            assertThat(emitted("a"))
                    .containsExactly(
                            String.join("|", "Welcomed", id(first), id(first), "null", "null", "1", "null"),
                            String.join("|", "Noted", id(first), id(first), "null", "null", "null", "2"));
            assertThat(emitted("b"))
                    .containsExactly(
                            String.join("|", "Welcomed", "order-7", id(later), "00-1-2-01", "x=y", "1", "null"),
                            String.join("|", "Noted", "order-7", id(later), "00-1-2-01", "x=y", "null", "2"));
            assertThat(scene.effects()
                            .query("SELECT count(*) FROM effect JOIN outbox.event ON tx_id = xid"
                                    + " AND aggregate_id = account AND aggregate_type = 'mail'"))
                    .containsExactly("4");
            awaitParked();
        }
    }

    @Test
    void attemptsThatFailEmitNothingAndTheOneThatPassesEmitsOnceWithTheSameIds() {
        Emitting handlers = new Emitting();
        handlers.broken.add("broken");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(
                        scene.consumer(handlers).emitter(Outbox::emitAll).attempts(10_000))) {
            relay.publishBurst(100, AccountRelay.accounts(10));
            EventEnvelope broken = relay.publish("broken");
            EventEnvelope behind = relay.publish("broken");
            relay.publishBurst(100, AccountRelay.accounts(10));
            scene.effects().awaitCount(200);
            await().untilAsserted(
                            () -> assertThat(scene.effects().query("SELECT max(attempts) > 3 FROM inbox.parked_event"))
                                    .containsExactly("t"));
            assertThat(emitted("broken")).isEmpty();
            handlers.broken.clear();
            scene.effects().awaitCount(202);
            scene.effects().assertEachOnceInOrder(202);
            assertThat(scene.effects()
                            .query("SELECT count(*), count(DISTINCT headers->>'causationid') FROM outbox.event"))
                    .containsExactly("404|202");
            assertThat(emitted("broken"))
                    .extracting(row -> row.split("\\|", -1)[2])
                    .containsExactly(id(broken), id(broken), id(behind), id(behind));
            assertThat(consumer.status().handledEvents()).isEqualTo(200);
        }
    }

    /** It fails with the same code as a payload that cannot be read. */
    @Test
    void whatCannotBeEmittedIsAFailureOfTheHandlerAndNothingOfItIsCommitted() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(new EmittingTheUnwritable())
                        .emitter(Outbox::emitAll)
                        .unreadable(UnreadablePolicy.SKIP)
                        .attempts(1))) {
            relay.publish("a");
            awaitParked("dead");
            assertThat(consumer.status().unreadableEvents()).isZero();
            assertThat(scene.effects().count()).isZero();
            assertThat(scene.effects().query("SELECT count(*) FROM outbox.event"))
                    .containsExactly("0");
        }
    }

    /** In the table, of which the status tells seconds later. */
    private void awaitParked(String... states) {
        await().untilAsserted(
                        () -> assertThat(scene.effects().query("SELECT state FROM inbox.parked_event ORDER BY id"))
                                .containsExactly(states));
    }

    private List<String> emitted(String account) {
        return scene.effects()
                .query("SELECT event_type, headers->>'correlationid', headers->>'causationid', headers->>'traceparent',"
                        + " headers->>'tracestate', headers->>'own', headers->>'eventversion' FROM outbox.event"
                        + " WHERE aggregate_type = 'mail' AND aggregate_id = '" + account + "' ORDER BY id");
    }

    private static String id(EventEnvelope envelope) {
        return envelope.eventId().toString();
    }

    private static EventEnvelope publish(AccountRelay relay, String account, Map<String, String> headers) {
        AccountCreated event = new AccountCreated(account, 1);
        EventEnvelope plain = relay.envelope(event);
        EventEnvelope envelope = new EventEnvelope(
                UUID.randomUUID(),
                plain.source(),
                plain.aggregateType(),
                plain.aggregateId(),
                plain.eventType(),
                plain.eventVersion(),
                plain.dataContentType(),
                plain.time(),
                plain.position(),
                plain.partition(),
                headers);
        relay.publish(envelope, new JsonEventCodec().write(event));
        return envelope;
    }

    private static void record(Connection tx, EventEnvelope envelope, AccountCreated event) throws SQLException {
        try (PreparedStatement insert = tx.prepareStatement(Effects.INSERT)) {
            insert.setObject(1, envelope.eventId());
            insert.setString(2, event.account());
            insert.setInt(3, event.number());
            insert.executeUpdate();
        }
    }
}
