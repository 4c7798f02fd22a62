package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.source.TablePartitions;
import dev.aftercommit.relay.source.TablePartitions.Making;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes partitions before there are events for them. */
public final class PartitionsAhead implements Chore {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionsAhead.class);

    private final TablePartitions partitions;
    private final Duration width;
    private final Clock clock;
    private boolean toldOfLarge;

    /**
     * @param width the time that a partition covers
     */
    public PartitionsAhead(TablePartitions partitions, Duration width, Clock clock) {
        this.partitions = partitions;
        this.width = width;
        this.clock = clock;
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(10);
    }

    /** The next time tries again what could not be made now. */
    @Override
    public Finding run() {
        for (PartitionPlan.Range range : PartitionPlan.missing(partitions.list(), clock.instant(), width)) {
            Making making = partitions.make(range.from(), range.to());
            switch (making) {
                case MADE -> LOG.info("Made the partition for events of {} to {}", range.from(), range.to());
                case TAKEN -> LOG.debug("Rows of {} to {} are in the default partition", range.from(), range.to());
                case LARGE -> tellOfLarge();
                case BUSY -> LOG.debug("Another transaction keeps the table");
            }
            if (making == Making.LARGE || making == Making.BUSY) {
                break;
            }
        }
        return Finding.NOTHING;
    }

    private void tellOfLarge() {
        if (!toldOfLarge) {
            toldOfLarge = true;
            LOG.warn(
                    "outbox.event_default is larger than 64 MB, so that emits would have to wait while another partition"
                            + " is attached. All events go into it and none is dropped until somebody calls"
                            + " outbox.renew_default: docs/how-to/retention.md says how.");
        }
    }
}
