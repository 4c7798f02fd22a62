package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.consumer.internal.attempt.FailureKind;
import dev.aftercommit.contract.AftercommitException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The decisions that need no server: whose fault a failure is, how long to wait. */
final class DecisionsTest {
    @Test
    void databaseTroubleAndConflictsAreNoAttempts() {
        assertThat(kind("08006")).isEqualTo(FailureKind.DATABASE);
        assertThat(kind("57P01")).isEqualTo(FailureKind.DATABASE);
        assertThat(kind("53300")).isEqualTo(FailureKind.DATABASE);
        assertThat(FailureKind.of(new SQLTransientConnectionException("pool is empty")))
                .isEqualTo(FailureKind.DATABASE);
        assertThat(kind("40P01")).isEqualTo(FailureKind.CONFLICT);
        assertThat(kind("40001")).isEqualTo(FailureKind.CONFLICT);
        assertThat(kind("23505")).isEqualTo(FailureKind.ATTEMPT);
        assertThat(kind("57014")).isEqualTo(FailureKind.ATTEMPT);
        assertThat(FailureKind.of(new IllegalStateException())).isEqualTo(FailureKind.ATTEMPT);
    }

    @Test
    void theBackoffDoublesUpToItsMaximumAndIsShortenedAtRandom() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));
        RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 1; attempt < 100; attempt++) {
            long full = Math.min(30_000, attempt > 10 ? 30_000 : 100L << (attempt - 1));
            assertThat(backoff.after(attempt, random).toMillis()).isBetween(full * 8 / 10, full);
        }
        assertThat(backoff.growsAt(1)).isTrue();
        assertThat(backoff.growsAt(9)).isTrue();
        assertThat(backoff.growsAt(11)).isFalse();
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(AftercommitException.class);
    }

    private static FailureKind kind(String sqlState) {
        return FailureKind.of(new IllegalStateException(new SQLException("wrapped", sqlState)));
    }
}
