package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.OutboxPosition;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as the server keeps it. Immutable.
 *
 * @param sequence in the stream
 * @param subject the message's subject
 * @param rawHeaders the header block, one character a byte
 * @param rawPayload the payload, one character a byte
 */
public record StoredMessage(long sequence, String subject, String rawHeaders, String rawPayload) {

    /** All that anybody could read in it, one character a byte. */
    public String everything() {
        return subject + '\n' + rawHeaders + rawPayload;
    }

    /** The payload's bytes. */
    public byte[] payloadBytes() {
        return rawPayload.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The payload as UTF-8 text. */
    public String payload() {
        return new String(payloadBytes(), StandardCharsets.UTF_8);
    }

    /** The headers as they came over the wire; of a repeated one its first value. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        rawHeaders.lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return headers;
    }

    /** The event's id; null when the message has none. */
    public @Nullable String id() {
        return header(HeaderNames.CE_ID);
    }

    /** A header's value as it came over the wire; null when there is no such header. */
    public @Nullable String header(String name) {
        return headers().get(name);
    }

    /**
     * What the headers say.
     *
     * @throws dev.aftercommit.contract.AftercommitException when it is no message of a relay
     */
    public EventEnvelope envelope() {
        return MessageHeaders.read(subject, headers());
    }

    /** Where the event stands in the history of its source. */
    public OutboxPosition position() {
        return envelope().position();
    }
}
