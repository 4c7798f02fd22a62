package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.contract.EventEnvelope;
import java.util.Map;

/**
 * All that it takes to handle an event later.
 *
 * @param sequence of its message
 * @param headers as they came over the wire
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record Parkable(EventEnvelope envelope, long sequence, Map<String, String> headers, byte[] payload) {
    public Aggregate aggregate() {
        return Aggregate.of(envelope);
    }
}
