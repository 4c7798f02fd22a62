package dev.aftercommit.consumer.internal.parking;

import dev.aftercommit.contract.EventEnvelope;

/** Whose events are handled in order. */
public record Aggregate(String type, String id) implements Comparable<Aggregate> {
    public static Aggregate of(EventEnvelope envelope) {
        return new Aggregate(envelope.aggregateType(), envelope.aggregateId());
    }

    @Override
    public int compareTo(Aggregate other) {
        int byType = type.compareTo(other.type);
        return byType == 0 ? id.compareTo(other.id) : byType;
    }

    @Override
    public String toString() {
        return type + '/' + id;
    }
}
