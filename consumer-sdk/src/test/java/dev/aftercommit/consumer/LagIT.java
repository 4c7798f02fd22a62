package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a consumer says of how far it is behind, and for how long it has been at what it does. */
@OutboxTest(schema = Effects.Table.class)
final class LagIT {
    private final Scene scene;

    LagIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    private final CountDownLatch goOn = new CountDownLatch(1);

    private final class Held extends RecordingHandlers {
        @Override
        void before(AccountCreated event) {
            if (event.number() < 500) {
                return;
            }
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void theEventsBehindAreCountedAndTheOldestOfThemHasAnAge() {
        try (AccountRelay relay = scene.relay()) {
            relay.publishBurst(1_000, AccountRelay.accounts(1));
            int partition = relay.envelope(new AccountCreated("account-0", 0)).partition();
            try (OutboxConsumer consumer = scene.started(new Held())) {
                await().untilAsserted(() -> {
                    assertThat(consumer.status().lag().age()).isGreaterThan(Duration.ofMillis(300));
                    assertThat(consumer.status().transactionAge()).isGreaterThan(Duration.ofMillis(300));
                });
                PartitionStatus held = consumer.status().partitions().get(partition);
                assertThat(held.handledEvents()).isBetween(400L, 499L);
                assertThat(held.lag()).isNotNull();
                assertThat(held.lag().events()).isEqualTo(1_000 - held.handledEvents());
                assertThat(consumer.status().lag().events())
                        .isEqualTo(held.lag().events());
                assertThat(consumer.status().health().verdict()).isEqualTo(ConsumerHealth.Verdict.UP);

                goOn.countDown();
                scene.effects().awaitCount(1_000);
                await().untilAsserted(() -> {
                    assertThat(consumer.status().lag()).isEqualTo(Lag.NONE);
                    assertThat(consumer.status().transactionAge()).isNull();
                });
            }
        }
    }

    @Test
    void partitionsOfOthersHaveNoLagHere() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer two = scene.started(new RecordingHandlers())) {
            await().until(() -> one.status().ownedPartitions() == AccountRelay.PARTITIONS / 2
                    && two.status().ownedPartitions() == AccountRelay.PARTITIONS / 2);
            relay.publish("a");
            scene.effects().awaitCount(1);
            await().untilAsserted(() -> assertThat(one.status().partitions())
                    .allSatisfy(partition -> assertThat(partition.lag() != null).isEqualTo(partition.owned())));
        }
    }
}
