package dev.aftercommit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Repeat a round with {@code -Dharness.seed=...}; how many there are is {@code -Dharness.rounds=...}. */
class CrashHarnessIT {
    private static final Path RELAY = Path.of("..", "outbox-relay", "target", "outbox-relay.jar");
    private static final Path FOLDER = Path.of("target", "crash");

    @Test
    void whateverHappensEachCommittedEventIsInTheStreamOnceAndInOrder() throws Exception {
        HarnessConfig config = HarnessConfig.ofRelay(RELAY.toAbsolutePath().normalize(), FOLDER.toAbsolutePath());

        Summary summary = new CrashHarness(config, System.out).play();

        assertThat(summary.failed()).as(summary.toString()).isZero();
    }
}
