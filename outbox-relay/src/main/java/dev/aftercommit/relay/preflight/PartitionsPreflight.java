package dev.aftercommit.relay.preflight;

import dev.aftercommit.relay.config.PartitionConfig;
import dev.aftercommit.relay.source.TablePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Looks whether there are partitions for the events that come, and whether those that were are dropped. */
public final class PartitionsPreflight {
    private static final String SUBJECT = "partitions";

    private static final Duration AHEAD = Duration.ofDays(1);
    private static final Duration RECENT = Duration.ofHours(1);
    /** A transaction that is open for long, or an event that is held back, keeps a partition that long without harm. */
    private static final Duration PATIENCE = Duration.ofDays(1);

    private PartitionsPreflight() {}

    public static List<Finding> inspect(List<TablePartition> partitions, PartitionConfig config, Instant now) {
        List<Finding> findings = new ArrayList<>();
        Duration width = config.width();
        if (width != null) {
            ahead(partitions, now, findings);
        }
        Duration retention = config.retention();
        if (retention != null) {
            old(partitions, now.minus(retention).minus(PATIENCE), findings);
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(SUBJECT, partitions.size() + ", the default one included"));
        }
        return findings;
    }

    private static void ahead(List<TablePartition> partitions, Instant now, List<Finding> findings) {
        Instant tomorrow = now.plus(AHEAD);
        boolean isAhead = partitions.stream().anyMatch(partition -> covers(partition, tomorrow));
        if (!isAhead) {
            findings.add(Finding.warning(
                    SUBJECT,
                    "there is none for events of " + tomorrow + "; a relay that runs makes it, unless event_default is"
                            + " larger than 64 MB: docs/how-to/retention.md"));
        }
        for (TablePartition partition : partitions) {
            Instant newest = partition.newest();
            boolean isNeeded = partitions.stream().noneMatch(other -> newest != null && covers(other, newest));
            if (partition.isDefault() && newest != null && newest.isAfter(now.minus(RECENT)) && !isNeeded) {
                findings.add(Finding.warning(
                        SUBJECT,
                        "an event was inserted into event_default at " + newest
                                + ", for which time there is a partition:"
                                + " its id is of another time; compare the clocks of the services"));
            }
        }
    }

    private static boolean covers(TablePartition partition, Instant time) {
        boolean hasBegun = partition.from() == null || !partition.from().isAfter(time);
        return hasBegun && partition.to() != null && partition.to().isAfter(time);
    }

    private static void old(List<TablePartition> partitions, Instant oldest, List<Finding> findings) {
        List<String> old = partitions.stream()
                .filter(partition -> partition.isOlderThan(oldest))
                .map(TablePartition::name)
                .toList();
        if (!old.isEmpty()) {
            findings.add(Finding.warning(
                    SUBJECT,
                    "older than they have to be kept, and still there: " + String.join(", ", old)
                            + "; docs/how-to/retention.md says how to ask why"));
        }
    }
}
