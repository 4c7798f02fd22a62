package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.MessageHeaders;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message of the stream, not yet read. */
public record Delivery(long sequence, Message message) {

    /** Reads the envelope; throws an {@link dev.aftercommit.contract.AftercommitException} when it is malformed. */
    public EventEnvelope envelope() {
        return MessageHeaders.read(message.getSubject(), headers());
    }

    /** As they came over the wire; of a repeated one its first value. */
    public Map<String, String> headers() {
        return firstValues(message.getHeaders());
    }

    public byte[] payload() {
        return message.getData();
    }

    /** Whether the stream held more for this feed when it was delivered. */
    public boolean hadSuccessors() {
        return message.metaData().pendingCount() > 0;
    }

    /** When the event's transaction was committed, by the producer's clock; null when the message does not say. */
    @Nullable
    public Instant time() {
        Headers headers = message.getHeaders();
        String text = headers == null ? null : headers.getFirst(HeaderNames.CE_TIME);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }

    public String subject() {
        return message.getSubject();
    }

    /** The event's id, if the message has at least that. */
    @Nullable
    public UUID eventId() {
        return id(headers().get(HeaderNames.CE_ID));
    }

    static @Nullable UUID id(@Nullable String text) {
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException notAnId) {
            return null;
        }
    }

    static Map<String, String> firstValues(@Nullable Headers headers) {
        Map<String, String> first = new HashMap<>();
        if (headers != null) {
            headers.forEach((name, values) -> first.put(name, values.getFirst()));
        }
        return first;
    }
}
