package dev.aftercommit.relay.upkeep;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs each chore when it is due. For one thread, which calls {@link #tick()} often. */
public final class Upkeep {
    private final Clock clock;
    private final Map<Chore, Instant> due = new LinkedHashMap<>();

    /** Every chore is due at once. */
    public Upkeep(Clock clock, List<Chore> chores) {
        this.clock = clock;
        chores.forEach(chore -> due.put(chore, Instant.MIN));
    }

    /** Runs what is due; stops at the first finding. */
    public Chore.Finding tick() {
        for (Map.Entry<Chore, Instant> entry : due.entrySet()) {
            Chore chore = entry.getKey();
            if (!clock.instant().isBefore(entry.getValue())) {
                entry.setValue(clock.instant().plus(chore.interval()));
                Chore.Finding found = chore.run();
                if (!(found instanceof Chore.Finding.Nothing)) {
                    return found;
                }
            }
        }
        return Chore.Finding.NOTHING;
    }
}
