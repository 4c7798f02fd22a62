package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Effects.Table.class)
final class OrderedHandlingIT {
    private final Scene scene;

    OrderedHandlingIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void everyEventTakesEffectOnceAndInTheOrderOfItsAggregate() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            for (int i = 0; i < 500; i++) {
                relay.publish("account-" + i % 40);
            }
            scene.effects().awaitCount(500);
            scene.effects().assertEachOnceInOrder(500);
            await().untilAsserted(
                            () -> assertThat(consumer.status().handledEvents()).isEqualTo(500));
        }
    }

    @Test
    void aBacklogSharesTransactions() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(20_000, AccountRelay.accounts(300));
            long start = System.nanoTime();
            try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                scene.effects().awaitCount(20_000);
                System.out.printf(
                        "backlog of 20000: %d transactions, %.0f events/s from start()%n",
                        scene.effects().transactions(), 20_000 / ((System.nanoTime() - start) / 1e9));
                assertThat(scene.effects().transactions()).isBetween(200L, 1_000L);
                await().untilAsserted(() ->
                        assertThat(consumer.status().handledEvents()).isEqualTo(20_000));
            }
            scene.effects().assertEachOnceInOrder(20_000);
        }
    }

    @Test
    void aConsumerThatWasStartedBeforeItsStreamWaitsAndSaysSo() {
        try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            assertThat(consumer.status().waiting())
                    .isNotNull()
                    .satisfies(waiting -> assertThat(waiting.reason()).isEqualTo(Waiting.Reason.STREAM_MISSING));
            assertThat(consumer.status().waiting().message()).contains("OUTBOX_TEST_");
            try (AccountRelay relay = scene.relay()) {
                relay.publish("a");
                scene.effects().awaitCount(1);
            }
            await().untilAsserted(() -> assertThat(consumer.status().waiting()).isNull());
            assertThat(consumer.status().ownedPartitions()).isEqualTo(AccountRelay.PARTITIONS);
        }
    }

    @Test
    void aRestartedConsumerGoesOnAfterItsCheckpoint() {
        try (AccountRelay relay = scene.relay()) {
            for (int round = 1; round <= 3; round++) {
                relay.publishBurst(100, AccountRelay.accounts(10));
                try (OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
                    scene.effects().awaitCount(100 * round);
                    assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.RUNNING);
                }
            }
            scene.effects().assertEachOnceInOrder(300);
        }
    }

    @Test
    void anEventThatIsStoredTwiceTakesEffectOnce() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            EventEnvelope first = relay.publish("a");
            relay.publishAgain(first);
            relay.publish("a");
            relay.publishAgain(first);
            relay.publish("a");
            scene.effects().awaitCount(3);
            await().untilAsserted(() -> assertThat(consumer.status()
                            .partitions()
                            .get(first.partition())
                            .skippedEvents())
                    .isEqualTo(2));
            scene.effects().assertEachOnceInOrder(3);
        }
    }

    @Test
    void onlyEventTypesWithAHandlerAreRead() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            relay.publish(new AccountClosed("a", 1));
            EventEnvelope handled = relay.publish("a");
            relay.publish(new AccountClosed("a", 2));
            scene.effects().awaitCount(1);
            PartitionStatus partition = consumer.status().partitions().get(handled.partition());
            assertThat(partition.sequence()).isEqualTo(2);
            assertThat(partition.position()).isEqualTo(handled.position());
        }
    }

    @Test
    void eachConsumerNameGetsEveryEvent() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer directory = scene.started(new RecordingHandlers());
                OutboxConsumer mailer =
                        scene.consumer(new RecordingHandlers()).name("mailer").build()) {
            mailer.start();
            relay.publish("a");
            scene.effects().awaitCount(2);
            assertThat(scene.effects().numbersOf("a")).isEqualTo(List.of(1, 1));
            await().untilAsserted(
                            () -> assertThat(directory.status().handledEvents()).isEqualTo(1));
        }
    }

    @Test
    void startAndCloseMayBeCalledAgain() {
        OutboxConsumer consumer = scene.consumer(new RecordingHandlers()).build();
        consumer.start();
        consumer.start();
        consumer.close();
        consumer.close();
        assertThat(consumer.status().state()).isEqualTo(ConsumerStatus.State.CLOSED);
    }
}
