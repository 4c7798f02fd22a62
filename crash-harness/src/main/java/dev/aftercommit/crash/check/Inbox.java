package dev.aftercommit.crash.check;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What the consumers' database holds.
 *
 * @param effects each aggregate's in the order in which they were committed
 * @param held each aggregate's in the order of its queue
 * @param checkpoints the position of each partition that has one
 * @param discards what an operator decided
 */
public record Inbox(List<Effect> effects, List<HeldEvent> held, Map<Integer, String> checkpoints, Discards discards) {
    public Inbox {
        effects = List.copyOf(effects);
        held = List.copyOf(held);
        checkpoints = Map.copyOf(checkpoints);
    }

    /**
     * Events that were given up.
     *
     * @param asked those that an operator wanted to be, whatever came of it
     * @param done those that the database said were
     */
    public record Discards(Set<UUID> asked, Set<UUID> done) {
        public Discards {
            asked = Set.copyOf(asked);
            done = Set.copyOf(done);
        }
    }
}
