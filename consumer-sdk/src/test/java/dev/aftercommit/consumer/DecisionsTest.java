package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.OutboxPosition;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The decisions that need no server: where to read on, whose fault a failure is, how long to wait. */
final class DecisionsTest {
    private static final String STREAM = "OUTBOX_ACCOUNTS 2026-11-22T10:00:00Z 16";
    private static final StreamState HUNDRED = new StreamState(STREAM, 16, 100);

    @Test
    void aNewConsumerStartsAtTheOldestMessage() {
        assertThat(StartPoint.of(null, HUNDRED, null)).isEqualTo(new StartPoint(1, null));
    }

    @Test
    void aConsumerGoesOnAfterItsCheckpoint() {
        assertThat(StartPoint.of(new Checkpoint(40, STREAM, at(7)), HUNDRED, at(7)))
                .isEqualTo(new StartPoint(41, null));
        assertThat(StartPoint.of(new Checkpoint(100, STREAM, at(7)), HUNDRED, null))
                .isEqualTo(new StartPoint(101, null));
    }

    @Test
    void aCheckpointThatSkippedADuplicateLastIsTrusted() {
        assertThat(StartPoint.of(new Checkpoint(40, STREAM, at(7)), HUNDRED, at(3)))
                .isEqualTo(new StartPoint(41, null));
    }

    @Test
    void sequencesThatMeanSomethingElseNowAreReadAgainFromTheStart() {
        StartPoint recreated = StartPoint.of(new Checkpoint(40, "OUTBOX_ACCOUNTS before 16", at(7)), HUNDRED, null);
        StartPoint shorter = StartPoint.of(new Checkpoint(101, STREAM, at(7)), HUNDRED, null);
        StartPoint rewritten = StartPoint.of(new Checkpoint(40, STREAM, at(7)), HUNDRED, at(8));

        assertThat(List.of(recreated, shorter, rewritten))
                .allMatch(start -> start.sequence() == 1)
                .allMatch(start -> start.surprise() != null);
    }

    @Test
    void aStreamWithOtherPartitionsIsRefused() {
        HUNDRED.requirePartitionsOf(List.of("OUTBOX_ACCOUNTS earlier 16"));
        assertThatThrownBy(() -> HUNDRED.requirePartitionsOf(List.of("OUTBOX_ACCOUNTS earlier 8")))
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining("recreated with other partitions");
    }

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

    private static OutboxPosition at(long lsn) {
        return new OutboxPosition(1, lsn, 0);
    }
}
