package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that are tried no more, what waits behind them, and what a person decides. */
@OutboxTest(schema = Effects.Table.class)
final class DeadLettersIT {
    private static final List<String> OTHERS = AccountRelay.accounts(20);

    private final Scene scene;

    DeadLettersIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void afterItsLastAttemptAnEventIsDeadAndStaysSoUntilItIsRedriven() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay()) {
            try (OutboxConsumer consumer =
                            Scene.started(scene.consumer(handlers).attempts(3));
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
    void deadEventsAreListedRedrivenAndDiscardedByWhatTheyAre() {
        FailingHandlers handlers = new FailingHandlers("one", "two", "three");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers).attempts(1))) {
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
    void whatFailsInTheMiddleOfAQueueIsTheFirstOfTheOthers() {
        class Middle extends FailingHandlers {
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
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers).attempts(1))) {
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

    @Test
    void manyDeadEventsAndLongQueuesAreLeftBehind() {
        FailingHandlers handlers = new FailingHandlers(OTHERS.toArray(String[]::new));
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers).attempts(1))) {
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
    void whatWaitsBehindAnEventThatSomebodyHasDeletedGoesOn() {
        FailingHandlers handlers = new FailingHandlers("broken");
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = Scene.started(scene.consumer(handlers).attempts(1))) {
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
}
