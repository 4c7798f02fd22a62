package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OutboxTest(schema = Effects.Table.class)
final class ScaleOutIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scene scene;

    ScaleOutIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void instancesShareThePartitionsEvenlyWhileTheyComeAndGo() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer two = scene.consumer(new RecordingHandlers()).build();
                OutboxConsumer three = scene.consumer(new RecordingHandlers()).build()) {
            Load load = Load.bursts(relay, 11, 3_000);
            awaitShares(List.of(one), 16, 16);
            two.start();
            awaitShares(List.of(one, two), 8, 8);
            three.start();
            awaitShares(List.of(one, two, three), 5, 6);
            one.close();
            awaitShares(List.of(two, three), 8, 8);
            two.close();
            awaitShares(List.of(three), 16, 16);
            int published = load.finish();
            scene.effects().awaitCount(published);
            scene.effects().assertEachOnceInOrder(published);
        }
    }

    private static void awaitShares(List<OutboxConsumer> instances, int least, int most) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(instances)
                        .extracting(instance -> instance.status().ownedPartitions())
                        .allSatisfy(owned -> assertThat(owned).isBetween(least, most))
                        .satisfies(owned -> assertThat(owned.stream()
                                        .mapToInt(Integer::intValue)
                                        .sum())
                                .isEqualTo(AccountRelay.PARTITIONS)));
    }

    @Test
    void consumersOfOneServiceShareNothing() {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer directory = scene.started(new RecordingHandlers());
                OutboxConsumer audit =
                        scene.consumer(new RecordingHandlers()).name("audit").build()) {
            audit.start();
            awaitShares(List.of(directory), 16, 16);
            awaitShares(List.of(audit), 16, 16);
            relay.publish("a");
            scene.effects().awaitCount(2);
        }
    }

    /** It may be frozen anywhere, also in the middle of a transaction; what it was doing is done by others, or by it, once. */
    @Test
    void aFrozenInstanceIsTakenOverFromAndDoublesNothingWhenItWakes() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                JavaProcess frozen = scene.service()) {
            Load load = Load.bursts(relay, 12, 3_000);
            scene.effects().awaitCount(300);
            try (OutboxConsumer other = scene.started(new RecordingHandlers())) {
                await().atMost(PATIENCE).until(() -> other.status().ownedPartitions() == 8);
                for (int round = 0; round < 3; round++) {
                    frozen.freeze();
                    await().atMost(PATIENCE).until(() -> other.status().ownedPartitions() == AccountRelay.PARTITIONS);
                    int before = scene.effects().count();
                    scene.effects().awaitCount(before + 200);
                    frozen.thaw();
                    await().atMost(PATIENCE).until(() -> other.status().ownedPartitions() == 8);
                }
                int published = load.finish();
                scene.effects().awaitCount(published);
                scene.effects().assertEachOnceInOrder(published);
            }
        }
    }
}
