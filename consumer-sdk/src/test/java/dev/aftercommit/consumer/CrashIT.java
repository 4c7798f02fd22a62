package dev.aftercommit.consumer;

import dev.aftercommit.localservers.JavaProcess;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Services killed with SIGKILL at random moments. */
@OutboxTest(schema = Effects.Table.class)
final class CrashIT {
    private static final int KILLS = Integer.getInteger("crash.kills", 10);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

    private final Scene scene;

    CrashIT(OutboxFixture fixture) {
        scene = Scene.of(fixture);
    }

    private final SplittableRandom random = new SplittableRandom(SEED);

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void aServiceThatIsKilledAgainAndAgainHandlesEachEventOnceAndInOrder() throws InterruptedException {
        try (AccountRelay relay = scene.relay()) {
            Load load = Load.bursts(relay, SEED, 5_000);
            for (int kill = 1; kill <= KILLS; kill++) {
                try (JavaProcess service = scene.service()) {
                    awaitProgress();
                    pauseAtRandom(700);
                    service.kill();
                }
            }
            int published = load.finish();
            try (JavaProcess service = scene.service()) {
                scene.effects().awaitCount(published);
                service.terminate(Duration.ofSeconds(30));
            }
            report("one service", published);
            scene.effects().assertEachOnceInOrder(published);
        }
    }

    @Test
    void oneOfTwoInstancesIsAlwaysKilledAndTheOtherTakesOver() throws InterruptedException {
        try (AccountRelay relay = scene.relay()) {
            Load load = Load.bursts(relay, SEED, 5_000);
            JavaProcess owner = scene.service();
            awaitProgress();
            for (int kill = 1; kill <= KILLS; kill++) {
                JavaProcess other = scene.service();
                pauseAtRandom(4_000);
                owner.close();
                awaitProgress();
                owner = other;
            }
            int published = load.finish();
            scene.effects().awaitCount(published);
            owner.close();
            report("two instances", published);
            scene.effects().assertEachOnceInOrder(published);
        }
    }

    private void awaitProgress() {
        scene.effects().awaitCount(scene.effects().count() + 1);
    }

    private void pauseAtRandom(int maxMillis) {
        Load.pause(Duration.ofMillis(random.nextInt(1, maxMillis)));
    }

    private void report(String what, int published) {
        System.out.printf(
                "crash: %s, %d kills, seed %d: %d events, %d effects in %d transactions%n",
                what,
                KILLS,
                SEED,
                published,
                scene.effects().count(),
                scene.effects().transactions());
    }
}
