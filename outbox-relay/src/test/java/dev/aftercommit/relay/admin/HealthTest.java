package dev.aftercommit.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.supervise.Progress;
import dev.aftercommit.relay.supervise.RelayState;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class HealthTest {
    private final AftercommitException reason = new AftercommitException(ErrorCode.EVENTS_GONE, "It is gone.");

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "CATCHING_UP", "HEALING", "STANDBY"})
    void theActiveRelayAndAStandbyAreReadyAndSayWhich(RelayState state) {
        assertThat(Health.ready(phase(state))).isEqualTo(new Health.Verdict(true, state.word()));
    }

    @ParameterizedTest
    @EnumSource(
            names = {"STREAMING", "CATCHING_UP", "HEALING", "STANDBY"},
            mode = Mode.EXCLUDE)
    void aRelayThatStartsRetriesIsBlockedOrStoppedIsNotReady(RelayState state) {
        assertThat(Health.ready(phase(state)).good()).isFalse();
    }

    @Test
    void aBlockedRelayIsNotAliveAndSaysWhy() {
        assertThat(Health.live(new Progress.Phase(RelayState.BLOCKED, Instant.EPOCH, reason), 0))
                .isEqualTo(new Health.Verdict(false, "blocked: It is gone."));
    }

    /** To restart it would not bring the server back. */
    @ParameterizedTest
    @EnumSource(names = "BLOCKED", mode = Mode.EXCLUDE)
    void anyOtherStateIsAliveWhileItMoves(RelayState state) {
        assertThat(Health.live(phase(state), 29).good()).isTrue();
    }

    @Test
    void aStreamThatIsNotReadIsNotAlive() {
        assertThat(Health.live(phase(RelayState.STREAMING), 31))
                .isEqualTo(new Health.Verdict(false, "stuck: the replication stream was last read 31 s ago"));
        assertThat(Health.live(phase(RelayState.STANDBY), 31).good()).isTrue();
    }

    private static Progress.Phase phase(RelayState state) {
        return new Progress.Phase(state, Instant.EPOCH, null);
    }
}
