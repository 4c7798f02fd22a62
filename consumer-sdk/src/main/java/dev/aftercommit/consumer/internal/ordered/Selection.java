package dev.aftercommit.consumer.internal.ordered;

import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.handler.EncodedEvent;
import dev.aftercommit.consumer.internal.parking.Parkable;
import dev.aftercommit.consumer.internal.stream.Delivery;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.OutboxPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * What one transaction has to do: the events that are new, and where the checkpoint goes: to the last of them.
 *
 * @param events none when all deliveries are skipped; then there is nothing to commit
 * @param skipped deliveries whose position says that they were handled before
 */
record Selection(List<Event> events, int skipped, Checkpoint to) {

    record Event(EventEnvelope envelope, Delivery delivery) {
        EncodedEvent encoded() {
            return new EncodedEvent(envelope, delivery.payload());
        }

        Parkable parkable() {
            return new Parkable(envelope, delivery.sequence(), delivery.headers(), delivery.payload());
        }
    }

    List<EventEnvelope> envelopes() {
        return events.stream().map(Event::envelope).toList();
    }

    /** Of deliveries in stream order, at least one. Throws when one of them is malformed. */
    static Selection of(List<Delivery> deliveries, Checkpoint from, StreamIdentity stream) {
        List<Event> events = new ArrayList<>(deliveries.size());
        Checkpoint to = from.in(stream);
        for (Delivery delivery : deliveries) {
            EventEnvelope envelope = delivery.envelope();
            OutboxPosition reached = to.position();
            if (reached == null || envelope.position().compareTo(reached) > 0) {
                events.add(new Event(envelope, delivery));
                to = to.at(delivery.sequence(), envelope.position(), envelope.eventId());
            }
        }
        return new Selection(events, deliveries.size() - events.size(), to);
    }
}
