package dev.aftercommit.relay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.relay.config.PartitionConfig;
import dev.aftercommit.relay.source.TablePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionsPreflightTest {
    private static final Instant NOW = Instant.parse("2026-11-25T15:30:00Z");
    private static final PartitionConfig DAILY = new PartitionConfig(Duration.ofDays(1), Duration.ofDays(7));
    private static final TablePartition TODAY = partition("2026-11-25", NOW);
    private static final TablePartition TOMORROW = partition("2026-11-26", null);

    @Test
    void partitionsForTodayAndTomorrowAreWell() {
        assertThat(inspect(DAILY, TODAY, TOMORROW, defaultWith(null)))
                .containsExactly(Finding.ok("partitions", "3, the default one included"));
    }

    @Test
    void aMissingPartitionForTomorrowIsWarnedOf() {
        assertThat(inspect(DAILY, TODAY, defaultWith(null)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .startsWith("there is none for events of 2026-11-26T15:30:00Z; a relay that runs makes it"));
    }

    @Test
    void anEventInTheDefaultPartitionIsWarnedOfWhenItsTimeHasAPartition() {
        assertThat(inspect(DAILY, TODAY, TOMORROW, defaultWith(NOW.minusSeconds(60))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .startsWith("an event was inserted into event_default at 2026-11-25T15:29"));
        assertThat(inspect(DAILY, TOMORROW, defaultWith(NOW.minusSeconds(60))))
                .as("that of today can only go there")
                .containsExactly(Finding.ok("partitions", "2, the default one included"));
        assertThat(inspect(DAILY, TODAY, TOMORROW, defaultWith(NOW.minusSeconds(7_200))))
                .as("long ago")
                .containsExactly(Finding.ok("partitions", "3, the default one included"));
    }

    @Test
    void aPartitionThatShouldHaveGoneADayAgoIsWarnedOf() {
        TablePartition old = partition("2026-11-16", Instant.parse("2026-11-16T12:00:00Z"));
        TablePartition younger = partition("2026-11-17", Instant.parse("2026-11-17T12:00:00Z"));
        assertThat(inspect(DAILY, old, younger, TODAY, TOMORROW))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .startsWith("older than they have to be kept, and still there: event_2026-11-16;"));
    }

    @Test
    void nothingIsWarnedOfWhenNothingIsAskedFor() {
        TablePartition old = partition("2026-11-16", Instant.parse("2026-11-16T12:00:00Z"));
        assertThat(inspect(new PartitionConfig(null, null), old, defaultWith(NOW)))
                .containsExactly(Finding.ok("partitions", "2, the default one included"));
    }

    private static List<Finding> inspect(PartitionConfig config, TablePartition... partitions) {
        return PartitionsPreflight.inspect(List.of(partitions), config, NOW);
    }

    private static TablePartition partition(String day, @Nullable Instant newest) {
        Instant from = Instant.parse(day + "T00:00:00Z");
        return new TablePartition("event_" + day, false, from, from.plus(Duration.ofDays(1)), newest, 0);
    }

    private static TablePartition defaultWith(@Nullable Instant newest) {
        return new TablePartition("event_default", true, null, null, newest, 0);
    }
}
