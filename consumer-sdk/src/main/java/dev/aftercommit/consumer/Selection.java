package dev.aftercommit.consumer;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has to do: the events to handle, and where the checkpoint goes.
 *
 * @param skipped deliveries whose position says that they were handled before
 */
record Selection(List<Event> events, int skipped, Checkpoint to) {

    record Event(EventEnvelope envelope, Delivery delivery) {}

    /** Of deliveries in stream order, at least one. Throws when one of them is malformed. */
    static Selection of(List<Delivery> deliveries, @Nullable Checkpoint from, String stream) {
        List<Event> events = new ArrayList<>(deliveries.size());
        OutboxPosition reached = from == null ? null : from.position();
        for (Delivery delivery : deliveries) {
            EventEnvelope envelope = delivery.envelope();
            if (reached == null || envelope.position().compareTo(reached) > 0) {
                events.add(new Event(envelope, delivery));
                reached = envelope.position();
            }
        }
        return new Selection(
                events,
                deliveries.size() - events.size(),
                new Checkpoint(deliveries.getLast().sequence(), stream, reached));
    }
}
