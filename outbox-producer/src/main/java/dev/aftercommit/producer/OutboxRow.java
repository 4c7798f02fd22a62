package dev.aftercommit.producer;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventContext;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.contract.UserHeaders;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code outbox.event}. Whatever the table would refuse is refused here, before a statement is sent, because a
 * refusal by PostgreSQL would spoil the user's transaction.
 *
 * @param headers as JSON text; null when there are none
 * @param bytes about what the row takes in a statement
 */
record OutboxRow(
        UUID id,
        String aggregateType,
        String aggregateId,
        String eventType,
        String payload,
        @Nullable String headers,
        long bytes) {

    private static final EventCodec CODEC = new JsonEventCodec();

    /** The rows of some events, in their order, all with the same headers. */
    static List<OutboxRow> of(Collection<? extends @Nullable Object> events, Map<String, String> headers) {
        List<OutboxRow> rows = new ArrayList<>(events.size());
        for (Object event : events) {
            try {
                rows.add(of(event, headers));
            } catch (AftercommitException e) {
                throw new AftercommitException(
                        e.code(),
                        "Event " + (rows.size() + 1) + " of " + events.size() + ", and so none of them: "
                                + e.getMessage(),
                        e);
            }
        }
        return rows;
    }

    static OutboxRow of(@Nullable Object event, Map<String, String> headers) {
        if (event == null) {
            throw new AftercommitException(
                    ErrorCode.NOT_A_DOMAIN_EVENT,
                    "The event is null. Emit an instance of a record with @DomainEvent, or nothing.");
        }
        EventDescriptor descriptor = EventDescriptor.of(event.getClass());
        String aggregateId = descriptor.aggregateIdOf(event);
        if (Utf8.length(aggregateId) == Utf8.NOT_STORABLE) {
            throw new AftercommitException(
                    ErrorCode.INVALID_AGGREGATE_ID,
                    "The @AggregateId of " + event.getClass().getName()
                            + " holds half of a surrogate pair, which PostgreSQL cannot store."
                            + " Build it from whole characters.");
        }
        String payload = CODEC.write(event);
        long payloadBytes = requirePayload(event, payload);
        String storedHeaders = headersOf(descriptor, headers);
        return new OutboxRow(
                EventIds.next(),
                descriptor.aggregateType(),
                aggregateId,
                descriptor.eventType(),
                payload,
                storedHeaders,
                payloadBytes + (storedHeaders == null ? 0 : storedHeaders.length()) + 512);
    }

    private static long requirePayload(Object event, String payload) {
        long bytes = Utf8.length(payload);
        if (bytes == Utf8.NOT_STORABLE) {
            throw new AftercommitException(
                    ErrorCode.PAYLOAD_UNREADABLE,
                    event.getClass().getName() + " cannot be stored as JSON: one of its texts holds half of a surrogate"
                            + " pair (or raw JSON holds a NUL character). Cut texts between characters, not inside one.");
        }
        if (bytes > Limits.MAX_PAYLOAD_BYTES) {
            throw new AftercommitException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    event.getClass().getName() + " has " + bytes + " bytes as JSON; a payload has at most "
                            + Limits.MAX_PAYLOAD_BYTES + ", which every stream takes. Store the bulk elsewhere and emit"
                            + " a reference to it, or split the event.");
        }
        return bytes;
    }

    private static @Nullable String headersOf(EventDescriptor descriptor, Map<String, String> headers) {
        requireHeaders(headers);
        Map<String, String> stored = EventContext.carryOn(headers);
        if (descriptor.version() != 1) {
            stored = new LinkedHashMap<>(stored);
            stored.put(HeaderNames.STORED_EVENTVERSION, Integer.toString(descriptor.version()));
        }
        if (stored.isEmpty()) {
            return null;
        }
        String json = CODEC.write(stored);
        long bytes = Utf8.length(json);
        if (bytes == Utf8.NOT_STORABLE) {
            throw invalidHeader("A header's value holds half of a surrogate pair, which PostgreSQL cannot store."
                    + " Build it from whole characters.");
        }
        if (bytes > Limits.MAX_HEADERS_BYTES) {
            throw invalidHeader("The headers have " + bytes + " bytes as JSON; an event's headers have at most "
                    + Limits.MAX_HEADERS_BYTES + ". Move what is large into the payload.");
        }
        return json;
    }

    private static void requireHeaders(@Nullable Map<String, String> headers) {
        if (headers == null) {
            throw invalidHeader("The headers are null. Leave them out, or pass an empty map.");
        }
        UserHeaders.require(headers);
        if (headers.containsKey(HeaderNames.STORED_EVENTVERSION)) {
            throw invalidHeader(
                    "Header \"eventversion\" comes from the event's class. Set @DomainEvent(version = ...).");
        }
        if (headers.containsKey(HeaderNames.STORED_DATACONTENTTYPE)) {
            throw invalidHeader("Header \"datacontenttype\" is for payloads that are not JSON, and an emitted event is"
                    + " JSON. Leave it out, or insert into outbox.event by SQL.");
        }
    }

    private static AftercommitException invalidHeader(String message) {
        return new AftercommitException(ErrorCode.INVALID_HEADER, message);
    }
}
