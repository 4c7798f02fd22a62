package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.source.TablePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Which partitions are to be made. */
public final class PartitionPlan {
    /** A Monday, so that partitions of a week begin with it. */
    private static final Instant ORIGIN = Instant.parse("1970-01-05T00:00:00Z");

    private static final int LEAST_AHEAD = 3;
    private static final Duration TIME_AHEAD = Duration.ofDays(3);

    private PartitionPlan() {}

    /** The time that a partition is for. */
    public record Range(Instant from, Instant to) {}

    /** How far ahead there are to be partitions: for three days and for three partitions at least. */
    public static Duration ahead(Duration width) {
        Duration least = width.multipliedBy(LEAST_AHEAD);
        return least.compareTo(TIME_AHEAD) > 0 ? least : TIME_AHEAD;
    }

    /** What is to be made so that every time from now on has its partition: each up to a multiple of the width in UTC. */
    public static List<Range> missing(List<TablePartition> partitions, Instant now, Duration width) {
        List<TablePartition> existing = partitions.stream()
                .filter(partition -> partition.to() != null)
                .sorted(Comparator.comparing(partition -> Objects.requireNonNull(partition.to())))
                .toList();
        List<Range> missing = new ArrayList<>();
        Instant from = floor(now, width);
        Instant end = now.plus(ahead(width));
        while (from.isBefore(end)) {
            Instant to = floor(from, width).plus(width);
            for (TablePartition partition : existing) {
                Instant begins = partition.from() == null ? Instant.MIN : partition.from();
                Instant ends = Objects.requireNonNull(partition.to());
                if (!begins.isAfter(from) && ends.isAfter(from)) {
                    from = ends;
                    to = floor(from, width).plus(width);
                } else if (begins.isAfter(from) && begins.isBefore(to)) {
                    to = begins;
                }
            }
            if (from.isBefore(end)) {
                missing.add(new Range(from, to));
            }
            from = to;
        }
        return missing;
    }

    private static Instant floor(Instant time, Duration width) {
        long millis = Duration.between(ORIGIN, time).toMillis();
        return ORIGIN.plusMillis(millis - Math.floorMod(millis, width.toMillis()));
    }
}
