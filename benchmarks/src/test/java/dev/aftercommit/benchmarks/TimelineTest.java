package dev.aftercommit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MILLISECOND = 1_000_000;

    @Test
    void percentilesAreSamplesThatWereTaken() {
        long[] nanos =
                LongStream.rangeClosed(1, 200).map(i -> (201 - i) * MILLISECOND).toArray();
        assertThat(Percentiles.of(nanos)).isEqualTo(new Percentiles(100, 198, 200));
    }

    @Test
    void anEventThatIsLateCountsFromWhenItWasDue() {
        Timeline timeline = new Timeline(1, 2);
        timeline.committed(0, 10 * MILLISECOND, 11 * MILLISECOND);
        timeline.committed(1, 20 * MILLISECOND, 70 * MILLISECOND);
        timeline.seen(1, 0, 12 * MILLISECOND);
        timeline.seen(1, 1, 72 * MILLISECOND);
        assertThat(timeline.fromCommit(1).max()).isEqualTo(2);
        assertThat(timeline.fromDue(1).max()).isEqualTo(52);
    }

    @Test
    void anEventThatArrivesBeforeItsCommitReturnsTookNoTime() {
        Timeline timeline = new Timeline(1, 1);
        timeline.committed(0, 10 * MILLISECOND, 12 * MILLISECOND);
        timeline.seen(1, 0, 11 * MILLISECOND);
        assertThat(timeline.fromCommit(0).p50()).isZero();
        assertThat(timeline.fromDue(0).p50()).isEqualTo(1);
    }

    @Test
    void eventsOfOtherRunsAndSecondArrivalsAreIgnored() throws InterruptedException {
        Timeline timeline = new Timeline(2, 1);
        timeline.committed(0, MILLISECOND, MILLISECOND);
        timeline.seen(1, 0, 5 * MILLISECOND);
        assertThat(timeline.awaitAll(0)).isOne();
        timeline.seen(2, 0, 6 * MILLISECOND);
        timeline.seen(2, 0, 9 * MILLISECOND);
        assertThat(timeline.awaitAll(0)).isZero();
        assertThat(timeline.fromCommit(0).max()).isEqualTo(5);
    }
}
