package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.localservers.NatsServer;
import dev.aftercommit.localservers.PostgresServer;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances and servers of a parallel consumer that are killed while events flow. */
final class ParallelCrashIT {
    private static final int EVENTS = 2_000;

    private final PostgresServer postgres = PostgresServer.start();
    private final NatsServer nats = NatsServer.start();
    private final Scene scene = Scene.of(OutboxFixture.open(TestServers.of(postgres, nats), new Effects.Table()));

    @AfterEach
    void close() {
        scene.close();
        nats.close();
        postgres.close();
    }

    /** What a killed one had in hand comes again after half a minute. */
    @Test
    void instancesAreKilledOneAfterTheOtherAndEachEventTakesEffectOnce() throws InterruptedException {
        try (AccountRelay relay = scene.relay()) {
            Load load = Load.bursts(relay, 25, EVENTS);
            List<JavaProcess> instances = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                instances.add(scene.parallelService());
            }
            for (int kill = 1; kill <= 3; kill++) {
                awaitMore(200);
                instances.removeFirst().close();
                instances.add(scene.parallelService());
            }
            int published = load.finish();
            scene.effects().awaitCount(published, Duration.ofMinutes(2));
            instances.forEach(JavaProcess::close);
            assertEachOnce(published);
        }
    }

    /** A broker that is back is asked again at once, a database that is back is given what it was not told about. */
    @Test
    void brokerAndDatabaseAreKilledAndTheConsumerGoesOnAtOnce() throws InterruptedException {
        try (AccountRelay relay = scene.relay();
                OutboxConsumer consumer =
                        Scene.started(scene.consumer(new RecordingHandlers()).parallel(8))) {
            Load load = Load.oneByOne(relay, 25, EVENTS);
            awaitMore(200);
            nats.kill();
            nats.startAgain();
            int before = scene.effects().count();
            scene.effects().awaitCount(before + 100, Duration.ofSeconds(20));
            postgres.kill();
            postgres.startAgain();
            awaitMore(200);
            int published = load.finish();
            scene.effects().awaitCount(published, Duration.ofSeconds(90));
            await().until(() -> consumer.status().lag().events() == 0);
            assertThat(ParallelIT.parallel(consumer).failedAttempts()).isZero();
            assertEachOnce(published);
        }
    }

    private void awaitMore(int events) {
        await().ignoreExceptions().until(() -> scene.effects().count() >= 0);
        scene.effects().awaitCount(scene.effects().count() + events);
    }

    private void assertEachOnce(int expected) {
        assertThat(scene.effects().query("SELECT count(*), count(DISTINCT event_id) FROM effect"))
                .containsExactly(expected + "|" + expected);
    }
}
