package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.config.PartitionConfig;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.source.Source;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What the leader does for the table's partitions. */
public record TableUpkeep(PartitionConfig config) {
    /**
     * The chores that the settings ask for.
     *
     * @param term the leader's
     */
    public List<Chore> chores(Source source, EventStream stream, int term, Clock clock) {
        List<Chore> chores = new ArrayList<>();
        if (config.width() != null) {
            chores.add(new Forgiving(new PartitionsAhead(source.partitions(), config.width(), clock)));
        }
        if (config.retention() != null) {
            chores.add(new Forgiving(new Retention(source.partitions(), stream, term, config.retention(), clock)));
        }
        return chores;
    }
}
