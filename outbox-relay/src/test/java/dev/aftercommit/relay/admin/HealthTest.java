package dev.aftercommit.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.relay.status.RelayState;
import dev.aftercommit.relay.status.RelayStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class HealthTest {
    private static final RelayStatus.Stuck STUCK = new RelayStatus.Stuck("journal", Duration.ofSeconds(61));

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "CATCHING_UP", "HEALING", "STANDBY"})
    void theActiveRelayAndAStandbyAreReadyAndSayWhich(RelayState state) {
        assertThat(Health.ready(status(state, null))).isEqualTo(new Health.Verdict(true, state.word()));
    }

    @ParameterizedTest
    @EnumSource(
            names = {"STREAMING", "CATCHING_UP", "HEALING", "STANDBY"},
            mode = Mode.EXCLUDE)
    void aRelayThatStartsWaitsRetriesIsBlockedOrStoppedIsNotReady(RelayState state) {
        assertThat(Health.ready(status(state, null)).good()).isFalse();
    }

    @Test
    void aBlockedRelayIsNotAliveAndSaysWhy() {
        RelayStatus.Phase blocked = new RelayStatus.Phase(
                RelayState.BLOCKED, Instant.EPOCH, new AftercommitException(ErrorCode.EVENTS_GONE, "It is gone."));
        assertThat(Health.live(status(blocked, null))).isEqualTo(new Health.Verdict(false, "blocked: It is gone."));
    }

    /** To restart it would not bring the server back. */
    @ParameterizedTest
    @EnumSource(names = "BLOCKED", mode = Mode.EXCLUDE)
    void anyOtherStateIsAliveWhileItMoves(RelayState state) {
        assertThat(Health.live(status(state, null)).good()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aRelayOfWhichOnePartDoesNotComeRoundIsNeitherAliveNorReady(RelayState state) {
        Health.Verdict stuck = new Health.Verdict(false, "stuck: the part \"journal\" was last seen at work 61 s ago");
        assertThat(Health.live(status(state, STUCK))).isEqualTo(stuck);
        assertThat(Health.ready(status(state, STUCK))).isEqualTo(stuck);
    }

    private static RelayStatus status(RelayState state, RelayStatus.@Nullable Stuck stuck) {
        return status(new RelayStatus.Phase(state, Instant.EPOCH, null), stuck);
    }

    private static RelayStatus status(RelayStatus.Phase phase, RelayStatus.@Nullable Stuck stuck) {
        return new RelayStatus(
                phase,
                new RelayStatus.Flow(0, 0, 0, 0),
                new RelayStatus.Place(0, null, 0),
                new RelayStatus.Held(0, Map.of()),
                null,
                stuck);
    }
}
