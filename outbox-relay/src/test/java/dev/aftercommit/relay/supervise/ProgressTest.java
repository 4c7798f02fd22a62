package dev.aftercommit.relay.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final HandClock clock = new HandClock();
    private final Progress progress = new Progress(clock);

    @Test
    void aPartThatDoesNotComeRoundForAMinuteIsStuckAndTheLongestIsNamed() throws Exception {
        Progress.Pulse journal = progress.pulse("journal");
        Progress.Pulse capture = progress.pulse("capture");
        clock.pass(Duration.ofSeconds(50));
        capture.beat();
        clock.pass(Duration.ofSeconds(10));
        assertThat(progress.status().stuck()).isNull();
        clock.pass(Duration.ofSeconds(1));
        assertThat(progress.status().stuck()).isEqualTo(new RelayStatus.Stuck("journal", Duration.ofSeconds(61)));
        clock.pass(Duration.ofSeconds(60));
        assertThat(progress.status().stuck()).isEqualTo(new RelayStatus.Stuck("journal", Duration.ofSeconds(121)));
        journal.after(() -> {}).run();
        assertThat(progress.status().stuck()).isEqualTo(new RelayStatus.Stuck("capture", Duration.ofSeconds(71)));
        capture.close();
        assertThat(progress.status().stuck()).isNull();
    }

    @Test
    void aStateThatIsEnteredAgainLastsSinceTheFirstTime() {
        progress.enter(RelayState.STREAMING, null);
        Instant began = clock.instant();
        clock.pass(Duration.ofSeconds(5));
        progress.enter(RelayState.STREAMING, null);
        assertThat(progress.status().phase()).isEqualTo(new RelayStatus.Phase(RelayState.STREAMING, began, null));
        progress.enter(RelayState.RETRYING, null);
        assertThat(progress.status().phase().since()).isEqualTo(clock.instant());
    }
}
