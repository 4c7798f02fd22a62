package dev.aftercommit.consumer;

import static dev.aftercommit.consumer.ConsumerHealth.Verdict.STOPPED;
import static dev.aftercommit.consumer.ConsumerHealth.Verdict.UP;
import static dev.aftercommit.consumer.ConsumerHealth.Verdict.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.ConsumerStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConsumerHealthTest {
    private static final Waiting DATABASE = new Waiting(Waiting.Reason.DATABASE_UNAVAILABLE, "The database fails.");
    private static final Waiting GONE = new Waiting(Waiting.Reason.MESSAGES_GONE, "Two messages are gone.");

    @Test
    void aConsumerThatNothingHoldsUpIsUp() {
        assertThat(status(State.RUNNING, true, null, null, null).health()).isEqualTo(new ConsumerHealth(UP, List.of()));
    }

    @Test
    void oneThatDoesNotRunIsStopped() {
        assertThat(status(State.NEW, false, null).health().verdict()).isEqualTo(STOPPED);
        assertThat(status(State.CLOSED, false, null).health().verdict()).isEqualTo(STOPPED);
    }

    @Test
    void deadEventsHoldNobodyUp() {
        ConsumerStatus dead = new ConsumerStatus(
                "directory",
                "accounts",
                State.RUNNING,
                true,
                null,
                new ParkedCounts(1, 2, 3),
                0,
                null,
                List.of(),
                null);
        assertThat(dead.health().verdict()).isEqualTo(UP);
    }

    @Test
    void whatPartitionsWaitForIsSaidOnceEach() {
        Waiting together = new Waiting(GONE.reason(), "2 of 3 partitions wait. " + GONE.message());
        assertThat(status(State.RUNNING, true, together, GONE, DATABASE, GONE).health())
                .isEqualTo(new ConsumerHealth(
                        WAITING,
                        List.of("MESSAGES_GONE: Two messages are gone.", "DATABASE_UNAVAILABLE: The database fails.")));
    }

    @Test
    void whatHoldsUpTheWholeIsSaidWhereNoPartitionSaysIt() {
        assertThat(status(State.RUNNING, false, DATABASE, GONE).health())
                .isEqualTo(new ConsumerHealth(
                        WAITING,
                        List.of(
                                "NATS is not connected.",
                                "MESSAGES_GONE: Two messages are gone.",
                                "DATABASE_UNAVAILABLE: The database fails.")));
    }

    @Test
    void lagsAreAddedAndTheOldestAgeCounts() {
        Lag old = new Lag(3, Duration.ofSeconds(9));
        Lag young = new Lag(2, Duration.ofSeconds(1));
        Lag unseen = new Lag(5, null);
        assertThat(old.and(young)).isEqualTo(new Lag(5, Duration.ofSeconds(9)));
        assertThat(young.and(old)).isEqualTo(new Lag(5, Duration.ofSeconds(9)));
        assertThat(unseen.and(young)).isEqualTo(new Lag(7, Duration.ofSeconds(1)));
        assertThat(young.and(unseen)).isEqualTo(new Lag(7, Duration.ofSeconds(1)));
        assertThat(Lag.NONE.and(unseen)).isEqualTo(unseen);
        assertThat(unseen.and(Lag.NONE)).isEqualTo(unseen);
    }

    private static ConsumerStatus status(
            State state, boolean connected, @Nullable Waiting whole, @Nullable Waiting... partitions) {
        return new ConsumerStatus(
                "directory",
                "accounts",
                state,
                connected,
                whole,
                ParkedCounts.NONE,
                0,
                null,
                IntStream.range(0, partitions.length)
                        .mapToObj(partition -> new PartitionStatus(
                                partition, true, 1L, null, 0, 0, 0, 0, 0, 0, Lag.NONE, null, partitions[partition]))
                        .toList(),
                null);
    }
}
