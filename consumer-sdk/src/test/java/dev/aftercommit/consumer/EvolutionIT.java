package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Upcasts;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link AccountCreated} and what it became: two more versions, each in a class of another name. */
@OutboxTest(schema = Effects.Table.class)
final class EvolutionIT {
    private final Scene scene;

    EvolutionIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @DomainEvent(aggregateType = "account", type = "AccountCreated", version = 2)
    record AccountOpened(@AggregateId String account, int ordinal) {
        @Upcasts(from = 1)
        static ObjectNode renameNumber(ObjectNode payload) {
            return payload.set("ordinal", payload.remove("number"));
        }
    }

    @DomainEvent(aggregateType = "account", type = "AccountCreated", version = 3)
    record AccountRegistered(@AggregateId String account, int ordinal, String tenant) {
        @Upcasts(from = 1)
        static ObjectNode renameNumber(ObjectNode payload) {
            return AccountOpened.renameNumber(payload);
        }

        @Upcasts(from = 2)
        static ObjectNode addTenant(ObjectNode payload, EventEnvelope envelope) {
            return payload.put("tenant", envelope.headers().get("tenant"));
        }
    }

    @DomainEvent(aggregateType = "account", type = "AccountCreated", version = 2)
    record WithBrokenUpcaster(@AggregateId String account, int ordinal) {
        @Upcasts(from = 1)
        static ObjectNode renameNumber(ObjectNode payload) {
            payload.put("ordinal", Integer.parseInt(payload.get("account").textValue()));
            return payload;
        }
    }

    static class OpenedHandlers {
        @Handles(AccountOpened.class)
        void on(AccountOpened event, EventEnvelope envelope, Connection tx) throws SQLException {
            record(tx, envelope, event.account(), event.ordinal());
        }
    }

    static class RegisteredHandlers {
        final ConcurrentLinkedQueue<AccountRegistered> seen = new ConcurrentLinkedQueue<>();

        @Handles(AccountRegistered.class)
        void on(AccountRegistered event, EventEnvelope envelope, Connection tx) throws SQLException {
            seen.add(event);
            record(tx, envelope, event.account(), event.ordinal());
        }
    }

    static class BrokenHandlers {
        @Handles(WithBrokenUpcaster.class)
        void on(WithBrokenUpcaster event) {
            throw new AssertionError("there is nothing to call it with");
        }
    }

    static class HandlersOfBoth extends RecordingHandlers {
        @Handles(AccountClosed.class)
        void on(AccountClosed event) {
            throw new IllegalStateException();
        }
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void eventsOfAllVersionsReachTheHandlerInOrderAsTheNewest() {
        RegisteredHandlers handlers = new RegisteredHandlers();
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(handlers)) {
            relay.publish(new AccountRegistered("a", 1, "red"));
            relay.publish(new AccountCreated("a", 2), Map.of("tenant", "blue"));
            relay.publish(new AccountOpened("a", 3), Map.of("tenant", "blue"));
            relay.publish(new AccountRegistered("a", 4, "red"));
            scene.effects().awaitCount(4);
            assertThat(handlers.seen)
                    .containsExactly(
                            new AccountRegistered("a", 1, "red"),
                            new AccountRegistered("a", 2, "blue"),
                            new AccountRegistered("a", 3, "blue"),
                            new AccountRegistered("a", 4, "red"));
            awaitParked();
        }
    }

    /** As in a rolling deployment: the older instance owns the partition, and the newer one reads what that has parked. */
    @Test
    void anEventOfANewerVersionWaitsInItsTurnForAnInstanceThatKnowsIt() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer older =
                        Scene.started(scene.consumer(new RecordingHandlers()).attempts(10_000));
                LogCapture log = new LogCapture()) {
            relay.publish(new AccountCreated("a", 1));
            relay.publish(new AccountOpened("a", 2));
            relay.publish(new AccountCreated("a", 3));
            awaitParked("retrying", "waiting");
            String why = "A payload of version 2 cannot be read as " + AccountCreated.class.getName()
                    + ", which is of version 1: deploy the class of that version";
            assertThat(log.lines()).anyMatch(line -> line.startsWith("WARN") && line.contains(why));
            assertThat(scene.effects().query("SELECT error FROM inbox.parked_event WHERE state = 'retrying'"))
                    .containsExactly(why);
            assertThat(scene.effects().numbersOf("a")).containsExactly(1);

            try (OutboxConsumer newer =
                    Scene.started(scene.consumer(new OpenedHandlers()).attempts(10_000))) {
                scene.effects().awaitCount(3);
                assertThat(newer.status().connected()).isTrue();
            }
            scene.effects().assertEachOnceInOrder(3);
        }
    }

    @Test
    void anUpcasterThatFailsIsMendedAndThenReadsWhatIsDead() {
        try (AccountRelay relay = scene.relay()) {
            try (OutboxConsumer consumer =
                            Scene.started(scene.consumer(new BrokenHandlers()).attempts(2));
                    LogCapture log = new LogCapture()) {
                relay.publish("secret");
                awaitParked("dead");
                relay.publish("secret");
                awaitParked("dead", "waiting");
                assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 10))
                        .singleElement()
                        .satisfies(dead -> assertThat(dead.error())
                                .contains("WithBrokenUpcaster.renameNumber(ObjectNode)")
                                .contains(NumberFormatException.class.getName())
                                .doesNotContain("secret"));
                assertThat(log.lines()).noneMatch(line -> !line.startsWith("DEBUG") && line.contains("secret"));
            }
            try (OutboxConsumer consumer = scene.started(new OpenedHandlers())) {
                assertThat(consumer.deadLetters().redrive(DeadLetterFilter.ALL)).isOne();
                scene.effects().awaitCount(2);
            }
            scene.effects().assertEachOnceInOrder(2);
        }
    }

    @Test
    void skippedIsWhatCannotBeReadAndNothingElse() {
        FailingHandlers handlers = new FailingHandlers("held");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers)
                        .unreadable(UnreadablePolicy.SKIP)
                        .attempts(10_000));
                LogCapture log = new LogCapture()) {
            relay.publish("held");
            awaitParked("retrying");
            for (String account : List.of("a", "held")) {
                relay.publish(relay.envelope(new AccountCreated(account, 0)), "{\"number\":\"secret\"}");
                relay.publish(new AccountOpened(account, 0));
            }
            relay.publishBurst(3, List.of("a", "held", "a"));
            scene.effects().awaitCount(2);
            await().untilAsserted(() ->
                    assertThat(consumer.status().unreadableEvents()).isEqualTo(2));
            awaitParked("retrying", "waiting", "waiting", "waiting");

            handlers.broken.clear();

            scene.effects().awaitCount(4);
            scene.effects().assertEachOnceInOrder(4);
            await().untilAsserted(() ->
                    assertThat(consumer.status().unreadableEvents()).isEqualTo(4));
            awaitParked();
            assertThat(consumer.status().handledEvents()).isEqualTo(2);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN") && line.contains("is skipped"))
                    .hasSize(2)
                    .noneMatch(line -> line.contains("secret"));
        }
    }

    @Test
    void aPartitionWaitsForWhatCannotBeReadWhereThatIsWanted() {
        try (AccountRelay relay = scene.relay()) {
            try (OutboxConsumer consumer = Scene.started(
                            scene.consumer(new RecordingHandlers()).unreadable(UnreadablePolicy.WAIT));
                    LogCapture log = new LogCapture()) {
                relay.publish(new AccountCreated("a", 1));
                int partition = relay.publish(new AccountOpened("a", 2)).partition();
                relay.publish(new AccountCreated("a", 3));
                relay.publishBurst(40, AccountRelay.accounts(20));
                await().untilAsserted(() -> {
                    Waiting waiting =
                            consumer.status().partitions().get(partition).waiting();
                    assertThat(waiting).isNotNull();
                    assertThat(waiting.reason()).isEqualTo(Waiting.Reason.EVENT_UNREADABLE);
                    assertThat(waiting.message()).contains("payload of version 2", "deploy the class of that version");
                });
                await().untilAsserted(() -> assertThat(
                                scene.effects().query("SELECT DISTINCT account FROM effect WHERE number = 2"))
                        .hasSizeGreaterThan(10));
                assertThat(consumer.status().waiting()).isNull();
                awaitParked();
                assertThat(scene.effects().numbersOf("a")).containsExactly(1);
                assertThat(log.lines())
                        .filteredOn(line -> line.startsWith("WARN") && line.contains("waits. The event"))
                        .hasSize(1);
            }
            try (OutboxConsumer consumer = scene.started(new OpenedHandlers())) {
                scene.effects().awaitCount(43);
                awaitParked();
            }
            scene.effects().assertEachOnceInOrder(43);
        }
    }

    /** The next one of the aggregate has been delivered already. */
    @Test
    void whatAPartitionWaitsForIsMissedWhenItIsDeletedMeanwhile() throws Exception {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new RecordingHandlers()).unreadable(UnreadablePolicy.WAIT))) {
            relay.publish(new AccountCreated("a", 1));
            relay.publish(new AccountOpened("a", 2));
            relay.publish(new AccountCreated("a", 3));
            await().until(() -> consumer.status().partitions().stream()
                    .anyMatch(partition -> partition.waiting() != null
                            && partition.waiting().reason() == Waiting.Reason.EVENT_UNREADABLE));
            relay.stream().management().deleteMessage(relay.stream().name(), 2);

            Waiting waiting = Choices.await(consumer, Waiting.Reason.MESSAGES_GONE);
            assertThat(waiting.message()).contains("1 message (of all partitions, sequences 2 to 2)");
            assertThat(scene.effects().numbersOf("a")).containsExactly(1);
            Choices.accept(consumer, scene.effects());
            scene.effects().awaitCount(2);
            assertThat(scene.effects().numbersOf("a")).containsExactly(1, 3);
        }
    }

    @Test
    void aParkedEventWhoseHandlerIsGoneIsDeadAfterItsAttemptsAndSaysWhy() {
        try (AccountRelay relay = scene.relay()) {
            try (OutboxConsumer consumer =
                    Scene.started(scene.consumer(new HandlersOfBoth()).attempts(10_000))) {
                relay.publish(new AccountClosed("a", 0));
                relay.publish("a");
                awaitParked("retrying", "waiting");
            }
            try (OutboxConsumer consumer =
                    Scene.started(scene.consumer(new RecordingHandlers()).attempts(2))) {
                awaitParked("dead", "waiting");
                assertThat(consumer.deadLetters().list(DeadLetterFilter.ALL, 10))
                        .singleElement()
                        .satisfies(dead -> assertThat(dead.error())
                                .startsWith("This instance has no handler for the event type account.AccountClosed"));
                consumer.deadLetters().discard(DeadLetterFilter.ALL);
                scene.effects().awaitCount(1);
            }
            scene.effects().assertEachOnceInOrder(1);
        }
    }

    /** In the table, of which the status tells seconds later. */
    private void awaitParked(String... states) {
        await().untilAsserted(
                        () -> assertThat(scene.effects().query("SELECT state FROM inbox.parked_event ORDER BY id"))
                                .containsExactly(states));
    }

    private static void record(Connection tx, EventEnvelope envelope, String account, int number) throws SQLException {
        try (PreparedStatement insert = tx.prepareStatement(Effects.INSERT)) {
            insert.setObject(1, envelope.eventId());
            insert.setString(2, account);
            insert.setInt(3, number);
            insert.executeUpdate();
        }
    }
}
