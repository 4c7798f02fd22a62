package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.publish.StoredMessage;
import dev.aftercommit.relay.source.TablePartition;
import dev.aftercommit.relay.source.TablePartitions;
import dev.aftercommit.relay.source.TablePartitions.Dropping;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops partitions whose events are old and stored, and the journal's rows of such events.
 *
 * @param retention how long events are kept at least
 * @param term the leader's
 */
public record Retention(TablePartitions partitions, EventStream stream, int term, Duration retention, Clock clock)
        implements Chore {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** So long can events be brought back from a backup without being taken for new ones. */
    private static final int JOURNAL_OUTLIVES = 2;

    @Override
    public Duration interval() {
        return Duration.ofSeconds(10);
    }

    @Override
    public Finding run() {
        Instant oldest = clock.instant().minus(retention);
        for (TablePartition partition : partitions.list()) {
            if (partition.isOlderThan(oldest)) {
                drop(partition);
            }
        }
        long pruned = partitions.pruneJournal(retention.multipliedBy(JOURNAL_OUTLIVES));
        LOG.debug("{} rows of the journal have outlived their events", pruned);
        return Finding.NOTHING;
    }

    private void drop(TablePartition partition) {
        StoredMessage last = stream.last();
        Dropping dropping = partitions.drop(partition.name(), retention, last == null ? null : last.position(), term);
        if (dropping == Dropping.DROPPED) {
            LOG.info(
                    "Dropped partition {} with {} MB of events, the newest of {}",
                    partition.name(),
                    partition.bytes() >> 20,
                    partition.newest());
        } else {
            LOG.debug("Partition {} is old, but stays: {}", partition.name(), dropping);
        }
    }
}
