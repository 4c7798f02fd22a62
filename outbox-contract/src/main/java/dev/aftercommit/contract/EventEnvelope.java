package dev.aftercommit.contract;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Everything that travels with an event beside its payload. Immutable.
 *
 * @param eventId the id of the outbox row; the same on every hop
 * @param source the name of the producing service's database
 * @param aggregateType such as {@code account}
 * @param aggregateId the ordering key
 * @param eventType such as {@code AccountCreated}
 * @param eventVersion the version of the payload's shape, from 1
 * @param dataContentType the payload's media type; {@code application/json} unless the producer said otherwise
 * @param time when the event's transaction was committed; when the row was inserted, for events that were read from
 *     the outbox table
 * @param position where the event stands in the history of its source
 * @param partition the partition of the stream that the aggregate belongs to
 * @param headers the producer's own headers, such as {@code traceparent}
 */
public record EventEnvelope(
        UUID eventId,
        String source,
        String aggregateType,
        String aggregateId,
        String eventType,
        int eventVersion,
        String dataContentType,
        Instant time,
        OutboxPosition position,
        int partition,
        Map<String, String> headers) {

    /** The media type of a payload unless an event says otherwise. */
    public static final String JSON = "application/json";

    public EventEnvelope {
        headers = Map.copyOf(headers);
    }

    /** The subject of the event's message. */
    public Subject subject() {
        return new Subject(source, aggregateType, eventType, partition);
    }
}
