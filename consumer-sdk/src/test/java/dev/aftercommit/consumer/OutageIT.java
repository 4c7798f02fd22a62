package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.TestServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that are killed and restarted while events flow, and instances that lose their locks. */
final class OutageIT {
    private static final int EVENTS = 3_000;

    private final PostgresServer postgres = PostgresServer.start();
    private final NatsServer nats = NatsServer.start();
    private final Scene scene = Scene.of(OutboxFixture.open(TestServers.of(postgres, nats), new Effects.Table()));

    @AfterEach
    void close() {
        scene.close();
        nats.close();
        postgres.close();
    }

    @Test
    void theBrokerIsKilledDuringLoad() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            Load load = Load.oneByOne(relay, 1, EVENTS);
            for (int kill = 1; kill <= 3; kill++) {
                awaitMore(300);
                nats.kill();
                nats.startAgain();
            }
            assertEverythingOnce(load, consumer);
        }
    }

    @Test
    void theDatabaseIsKilledAndRestartedDuringLoad() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            Load load = Load.bursts(relay, 2, EVENTS);
            for (int round = 1; round <= 2; round++) {
                awaitMore(300);
                postgres.restart();
                awaitMore(300);
                postgres.kill();
                postgres.startAgain();
            }
            assertEverythingOnce(load, consumer);
            assertThat(consumer.status().partitions())
                    .allSatisfy(
                            partition -> assertThat(partition.failedAttempts()).isZero());
        }
    }

    @Test
    void aBrokerAndADatabaseThatAreAwayTogetherAreWaitedFor() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer = scene.started(new RecordingHandlers())) {
            Load load = Load.oneByOne(relay, 3, EVENTS);
            awaitMore(300);
            nats.kill();
            postgres.kill();
            await().untilAsserted(() -> assertThat(consumer.status().waiting()).isNotNull());
            postgres.startAgain();
            nats.startAgain();
            assertEverythingOnce(load, consumer);
        }
    }

    /** Its workers go on for up to a second although another instance has taken over. */
    @Test
    void anInstanceThatLosesItsLocksUnderLoadDoublesNothing() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer one = scene.started(new RecordingHandlers());
                OutboxConsumer two = scene.started(new RecordingHandlers())) {
            Load load = Load.bursts(relay, 4, EVENTS);
            for (int round = 1; round <= 5; round++) {
                awaitMore(300);
                await().until(
                                () -> scene.effects()
                                        .query("SELECT DISTINCT pg_terminate_backend(pid) FROM pg_locks"
                                                + " WHERE locktype = 'advisory' AND granted"),
                                List.of("t")::equals);
            }
            int published = load.finish();
            scene.effects().awaitCount(published);
            scene.effects().assertEachOnceInOrder(published);
            assertThat(one.status().handledEvents() + two.status().handledEvents())
                    .isEqualTo(published);
        }
    }

    @Test
    void anInstanceThatIsClosedHandsItsPartitionsOver() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer second = scene.consumer(new RecordingHandlers()).build()) {
            OutboxConsumer first = scene.started(new RecordingHandlers());
            second.start();
            Load load = Load.bursts(relay, 5, EVENTS);
            awaitMore(300);
            first.close();
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> second.status().ownedPartitions() == AccountRelay.PARTITIONS);
            assertEverythingOnce(load, second);
        }
    }

    private void awaitMore(int events) {
        scene.effects().awaitCount(await().ignoreExceptions().until(scene.effects()::count, count -> true) + events);
    }

    private void assertEverythingOnce(Load load, OutboxConsumer consumer) throws InterruptedException {
        int published = load.finish();
        scene.effects().awaitCount(published);
        scene.effects().assertEachOnceInOrder(published);
        await().untilAsserted(() -> assertThat(consumer.status().waiting()).isNull());
    }
}
