package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.consumer.internal.attempt.FailureKind;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.contract.AftercommitException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
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

    @Test
    void anEventIsTriedUntilItsAttemptsAreUsedUp() {
        RetryPolicy policy = new RetryPolicy(3, new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), List.of());
        RandomGenerator random = RandomGenerator.getDefault();
        IllegalStateException failure = new IllegalStateException();
        assertThat(FailurePolicy.decide(policy, 1, failure, random))
                .isInstanceOfSatisfying(
                        FailurePolicy.Decision.RetryAfter.class,
                        retry -> assertThat(retry.pause()).isBetween(Duration.ofMillis(80), Duration.ofMillis(100)));
        assertThat(FailurePolicy.decide(policy, 2, failure, random))
                .isInstanceOfSatisfying(
                        FailurePolicy.Decision.RetryAfter.class,
                        retry -> assertThat(retry.pause()).isBetween(Duration.ofMillis(160), Duration.ofMillis(200)));
        assertThat(FailurePolicy.decide(policy, 3, failure, random)).isInstanceOf(FailurePolicy.Decision.Dead.class);
        assertThatThrownBy(() -> new RetryPolicy(0, Backoff.DEFAULT, List.of()))
                .isInstanceOf(AftercommitException.class);
    }

    @Test
    void someErrorsAreNotWorthAnotherAttempt() {
        RetryPolicy policy = new RetryPolicy(100, Backoff.DEFAULT, List.of(IllegalArgumentException.class));
        RandomGenerator random = RandomGenerator.getDefault();
        assertThat(List.of(
                        new TerminalException("never"),
                        new IllegalStateException(new TerminalException("never")),
                        new IllegalArgumentException(),
                        new IllegalStateException(new NumberFormatException())))
                .allSatisfy(failure -> assertThat(FailurePolicy.decide(policy, 1, failure, random))
                        .isInstanceOf(FailurePolicy.Decision.Dead.class));
        assertThat(FailurePolicy.decide(policy, 1, new IllegalStateException(), random))
                .isInstanceOf(FailurePolicy.Decision.RetryAfter.class);
    }

    private static FailureKind kind(String sqlState) {
        return FailureKind.of(new IllegalStateException(new SQLException("wrapped", sqlState)));
    }
}
