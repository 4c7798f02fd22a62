package dev.aftercommit.relay.history;

import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.relay.source.OutboxChange;
import dev.aftercommit.relay.source.ParkedEvent;
import dev.aftercommit.relay.source.ParkedEvent.Aggregate;
import dev.aftercommit.relay.source.ParkedHead;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The aggregates that wait, each for an event that is parked. For one thread. */
public final class HeldAggregates {
    private final Map<Aggregate, ParkedHead> heads;

    /**
     * @param heads each with the event that it waits for
     */
    public HeldAggregates(Map<Aggregate, ParkedHead> heads) {
        this.heads = new HashMap<>(heads);
    }

    void add(Aggregate aggregate, ParkedHead head) {
        heads.put(aggregate, head);
    }

    /** The event, to be parked because it comes later than one that its aggregate waits for; null when it does not. */
    public @Nullable ParkedEvent behind(OutboxChange change, OutboxPosition position) {
        Aggregate aggregate = heads.isEmpty() ? null : Aggregate.of(change.row());
        ParkedHead head = aggregate == null ? null : heads.get(aggregate);
        return aggregate == null || head == null || position.compareTo(head.position()) <= 0
                ? null
                : new ParkedEvent(
                        UUID.fromString(change.row().id()),
                        aggregate,
                        position,
                        ParkedEvent.Reason.BEHIND,
                        "waits for event " + head.event());
    }
}
