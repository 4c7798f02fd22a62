package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A row of the outbox. Immutable.
 *
 * @param id the event's id
 * @param aggregateType such as {@code account}
 * @param aggregateId the ordering key
 * @param eventType such as {@code AccountCreated}
 * @param version the version of the payload's shape, from 1
 * @param payload verbatim
 * @param headers what travels with the event, such as {@code traceparent}; without the version
 */
public record EmittedEvent(
        UUID id,
        String aggregateType,
        String aggregateId,
        String eventType,
        int version,
        String payload,
        Map<String, String> headers) {

    public EmittedEvent {
        headers = Map.copyOf(headers);
    }

    /**
     * The payload as an event.
     *
     * @throws dev.aftercommit.contract.AftercommitException when it cannot be read as one
     */
    public <T> T read(EventCodec codec, Class<T> eventClass) {
        return codec.read(payload.getBytes(StandardCharsets.UTF_8), eventClass);
    }

    @Override
    public String toString() {
        return eventType + (version == 1 ? "" : " v" + version) + " of " + aggregateType + '/' + aggregateId + ' '
                + payload + (headers.isEmpty() ? "" : " headers " + new TreeMap<>(headers));
    }
}
