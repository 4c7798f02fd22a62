package dev.aftercommit.consumer.internal.parking;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The aggregates of one partition that may be held back: all that are, and perhaps some whose queues are empty by now. So a
 * transaction asks the database for those alone that it has among its events. Used by the partition's thread.
 */
public final class HeldAggregates {
    private final ParkedTable table;
    private final int partition;
    private final Set<Aggregate> held = new HashSet<>();

    public HeldAggregates(ParkedTable table, int partition) {
        this.table = table;
        this.partition = partition;
    }

    /**
     * To be called after the checkpoint was read: whoever parks something from then on moves the checkpoint, so that this
     * owner's transactions fail.
     */
    public void load(Connection connection) throws SQLException {
        Set<Aggregate> found = table.held(connection, partition);
        held.clear();
        held.addAll(found);
    }

    /** Those that are held back, until the running transaction ends. */
    public Set<Aggregate> among(Connection connection, Collection<Aggregate> asked) throws SQLException {
        Set<Aggregate> candidates = asked.stream().filter(held::contains).collect(Collectors.toSet());
        if (candidates.isEmpty()) {
            return Set.of();
        }
        Set<Aggregate> still = table.lock(connection, candidates);
        candidates.stream().filter(one -> !still.contains(one)).forEach(held::remove);
        return still;
    }

    /** It was parked, and that is committed. */
    public void add(Aggregate aggregate) {
        held.add(aggregate);
    }
}
