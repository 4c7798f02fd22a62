package dev.aftercommit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Repeat a round with {@code -Dharness.seed=...}; how many there are is {@code -Dharness.rounds=...}. */
class ConsumerCrashIT {
    private static final Path RELAY = Path.of("..", "outbox-relay", "target", "outbox-relay.jar");
    private static final Path SERVICE = Path.of("target", "crash-harness.jar");
    private static final Path FOLDER = Path.of("target", "crash-consumers");

    @Test
    void whateverHappensEachEventTakesEffectOnceAndInOrder() throws Exception {
        HarnessConfig config = HarnessConfig.ofConsumers(
                RELAY.toAbsolutePath().normalize(), SERVICE.toAbsolutePath(), FOLDER.toAbsolutePath());

        Summary summary = new CrashHarness(config, System.out).play();

        assertThat(summary.failed()).as(summary.toString()).isZero();
    }
}
