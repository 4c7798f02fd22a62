package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.EventEnvelope;

/** What a handler is found by: the names of the contract, never a Java class. */
public record EventType(String aggregateType, String eventType) {
    static EventType of(EventDescriptor event) {
        return new EventType(event.aggregateType(), event.eventType());
    }

    static EventType of(EventEnvelope envelope) {
        return new EventType(envelope.aggregateType(), envelope.eventType());
    }

    @Override
    public String toString() {
        return aggregateType + '.' + eventType;
    }
}
