package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that take all events at once that are there. */
@OutboxTest(schema = Effects.Table.class)
final class SeveralAtATimeIT {
    private final Scene scene;

    SeveralAtATimeIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** Writes lists into the table of {@link Effects}, each in one round trip. */
    static class Bulk {
        final List<List<EnvelopedEvent<AccountCreated>>> lists = new CopyOnWriteArrayList<>();
        final Set<String> broken = ConcurrentHashMap.newKeySet();

        @Handles(AccountCreated.class)
        void on(List<EnvelopedEvent<AccountCreated>> events, Connection tx) throws SQLException {
            lists.add(events);
            try (PreparedStatement insert = tx.prepareStatement(Effects.INSERT)) {
                for (EnvelopedEvent<AccountCreated> each : events) {
                    insert.setObject(1, each.envelope().eventId());
                    insert.setString(2, each.event().account());
                    insert.setInt(3, each.event().number());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            if (events.stream().anyMatch(each -> broken.contains(each.event().account()))) {
                throw new IllegalStateException();
            }
        }
    }

    @Test
    void whatWaitsIsHandledTogetherInTheOrderOfTheStreamAndWhatComesAloneAlone() {
        Bulk handlers = new Bulk();
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(1_000, AccountRelay.accounts(40));
            try (OutboxConsumer consumer = scene.started(handlers)) {
                scene.effects().awaitCount(1_000);
                EventEnvelope late = relay.publish("late");
                scene.effects().awaitCount(1_001);
                assertThat(handlers.lists.getLast())
                        .extracting(EnvelopedEvent::envelope)
                        .containsExactly(late);
                assertThat(consumer.status().connected()).isTrue();
            }
            scene.effects().assertEachOnceInOrder(1_001);
            assertThat(handlers.lists)
                    .hasSizeLessThan(300)
                    .allSatisfy(list -> assertThat(list)
                            .hasSizeLessThanOrEqualTo(100)
                            .extracting(each -> each.envelope().position())
                            .isSorted())
                    .allSatisfy(list -> assertThat(list)
                            .extracting(each -> each.envelope().partition())
                            .containsOnly(list.getFirst().envelope().partition()));
        }
    }

    @Test
    void theOneThatFailsIsParkedAndLaterEventsOfItsAggregateAreInNoListWhileItIs() {
        Bulk handlers = new Bulk();
        handlers.broken.add("broken");
        List<String> accounts = new ArrayList<>(AccountRelay.accounts(40));
        accounts.add("broken");
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(41 * 10, accounts);
            try (OutboxConsumer consumer =
                    Scene.started(scene.consumer(handlers).attempts(1_000))) {
                scene.effects().awaitCount(400);
                await().untilAsserted(
                                () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 9, 0)));
                assertThat(scene.effects().numbersOf("broken")).isEmpty();
                handlers.lists.clear();
                relay.publishBurst(20, List.of("broken", "account-1", "account-2", "account-3"));
                scene.effects().awaitCount(415);
                await().untilAsserted(
                                () -> assertThat(consumer.status().parked()).isEqualTo(new ParkedCounts(1, 14, 0)));
                assertThat(handlers.lists)
                        .allSatisfy(list -> assertThat(list)
                                .as("only the first one is tried, alone")
                                .allMatch(each -> !each.event().account().equals("broken")
                                        || (list.size() == 1 && each.event().number() == 1)));
                handlers.broken.clear();
                scene.effects().awaitCount(430);
            }
            scene.effects().assertEachOnceInOrder(430);
        }
    }
}
