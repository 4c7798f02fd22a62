package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a consumer says of how far it is behind, and for how long it has been at what it does. */
@ExtendWith(Servers.class)
final class LagIT {
    private final Servers.Scene scene = Servers.scene();
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
        try (TestRelay relay = scene.relay()) {
            relay.publishBurst(1_000, Servers.accounts(1));
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
        try (TestRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer two = scene.started(new RecordingHandlers())) {
            await().until(() -> one.status().ownedPartitions() == TestRelay.PARTITIONS / 2
                    && two.status().ownedPartitions() == TestRelay.PARTITIONS / 2);
            relay.publish("a");
            scene.effects().awaitCount(1);
            await().untilAsserted(() -> assertThat(one.status().partitions())
                    .allSatisfy(partition -> assertThat(partition.lag() != null).isEqualTo(partition.owned())));
        }
    }
}
