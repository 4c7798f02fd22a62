package dev.aftercommit.relay.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.relay.source.TablePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionPlanTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant NOW = Instant.parse("2026-11-25T15:30:00Z");
    private static final TablePartition DEFAULT = new TablePartition("event_default", true, null, null, NOW, 0);

    @Test
    void anOutboxWithoutPartitionsGetsThoseOfTodayAndOfTheNextThreeDays() {
        assertThat(missing(DAY, DEFAULT))
                .containsExactly(
                        range("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"),
                        range("2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
                        range("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"),
                        range("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"));
    }

    @Test
    void whatIsThereIsLeftAloneInWhateverOrderItIsTold() {
        assertThat(missing(
                        DAY,
                        partition("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"),
                        partition("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"),
                        partition("2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
                        DEFAULT))
                .containsExactly(range("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"));
    }

    @Test
    void partitionsOfAnotherWidthAreFilledUpToTheNextBoundary() {
        assertThat(missing(
                        DAY,
                        partition(null, "2026-11-25T18:00:00Z"),
                        partition("2026-11-26T06:00:00Z", "2026-11-28T12:00:00Z")))
                .containsExactly(
                        range("2026-11-25T18:00:00Z", "2026-11-26T00:00:00Z"),
                        range("2026-11-26T00:00:00Z", "2026-11-26T06:00:00Z"),
                        range("2026-11-28T12:00:00Z", "2026-11-29T00:00:00Z"));
    }

    @Test
    void weeksBeginOnMondaysAndThereAreThreeAhead() {
        assertThat(missing(Duration.ofDays(7)))
                .extracting(PartitionPlan.Range::from)
                .containsExactly(
                        Instant.parse("2026-11-23T00:00:00Z"),
                        Instant.parse("2026-11-30T00:00:00Z"),
                        Instant.parse("2026-12-07T00:00:00Z"),
                        Instant.parse("2026-12-14T00:00:00Z"));
    }

    @Test
    void hoursAreMadeForThreeDays() {
        assertThat(missing(Duration.ofHours(1)))
                .hasSize(73)
                .first()
                .isEqualTo(range("2026-11-25T15:00:00Z", "2026-11-25T16:00:00Z"));
    }

    @Test
    void aPartitionIsOldWhenItsTimeIsOverAndItsNewestRowIsOldToo() {
        Instant oldest = Instant.parse("2026-11-20T00:00:00Z");
        assertThat(closed("2026-11-20T00:00:00Z", "2026-11-19T23:59:59Z").isOlderThan(oldest))
                .isTrue();
        assertThat(closed("2026-11-20T00:00:00Z", null).isOlderThan(oldest)).isTrue();
        assertThat(closed("2026-11-20T00:00:01Z", null).isOlderThan(oldest)).isFalse();
        assertThat(closed("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z").isOlderThan(oldest))
                .isFalse();
    }

    @Test
    void theDefaultPartitionIsOldWhenItHasRowsAndAllOfThemAreOld() {
        Instant newest = Instant.parse("2026-11-20T00:00:00Z");
        TablePartition filled = new TablePartition("event_default", true, null, null, newest, 0);
        assertThat(filled.isOlderThan(newest.plusMillis(1))).isTrue();
        assertThat(filled.isOlderThan(newest)).isFalse();
        assertThat(new TablePartition("event_default", true, null, null, null, 0).isOlderThan(NOW))
                .isFalse();
    }

    private static List<PartitionPlan.Range> missing(Duration width, TablePartition... partitions) {
        return PartitionPlan.missing(List.of(partitions), NOW, width);
    }

    private static PartitionPlan.Range range(String from, String to) {
        return new PartitionPlan.Range(Instant.parse(from), Instant.parse(to));
    }

    private static TablePartition partition(@Nullable String from, String to) {
        return new TablePartition(
                "event_" + to, false, from == null ? null : Instant.parse(from), Instant.parse(to), null, 0);
    }

    private static TablePartition closed(String to, @Nullable String newest) {
        return new TablePartition(
                "event_old", false, null, Instant.parse(to), newest == null ? null : Instant.parse(newest), 0);
    }
}
