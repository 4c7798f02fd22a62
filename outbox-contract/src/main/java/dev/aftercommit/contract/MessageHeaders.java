package dev.aftercommit.contract;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An envelope as the headers of a NATS message and back: CloudEvents 1.0 NATS binding, binary mode. The two
 * directions are one class, so that a change to one shows the other.
 */
public final class MessageHeaders {
    private static final String CE_PREFIX = "ce-";

    private MessageHeaders() {}

    /** Hands each header of an event's message, its value encoded for the wire, to {@code header}. */
    public static void write(EventEnvelope envelope, BiConsumer<String, String> header) {
        write(envelope, "", header);
    }

    /**
     * The same for a message that may have been published before.
     *
     * @param attempt what stands behind the event id in {@code Nats-Msg-Id}, which a stream takes only once in a while
     */
    public static void write(EventEnvelope envelope, String attempt, BiConsumer<String, String> header) {
        String id = envelope.eventId().toString();
        header.accept(HeaderNames.NATS_MSG_ID, id + attempt);
        header.accept(HeaderNames.OUTBOX_POSITION, envelope.position().toString());
        header.accept(HeaderNames.CE_SPECVERSION, "1.0");
        header.accept(HeaderNames.CE_ID, id);
        header.accept(HeaderNames.CE_SOURCE, '/' + envelope.source());
        header.accept(HeaderNames.CE_TYPE, PercentEncoding.encode(envelope.eventType()));
        header.accept(HeaderNames.CE_SUBJECT, PercentEncoding.encode(envelope.aggregateId()));
        header.accept(HeaderNames.CE_TIME, envelope.time().toString());
        if (!envelope.dataContentType().equals(EventEnvelope.JSON)) {
            header.accept(HeaderNames.CE_DATACONTENTTYPE, PercentEncoding.encode(envelope.dataContentType()));
        }
        if (envelope.eventVersion() != 1) {
            header.accept(HeaderNames.CE_EVENTVERSION, Integer.toString(envelope.eventVersion()));
        }
        envelope.headers().forEach((name, value) -> header.accept(name, PercentEncoding.encode(value)));
    }

    /**
     * Reads an envelope from a message.
     *
     * @param subject the message's subject
     * @param headers the message's headers as they came over the wire; of a repeated one its first value
     * @throws AftercommitException {@link ErrorCode#MALFORMED_MESSAGE} when one is missing or malformed
     */
    public static EventEnvelope read(String subject, Map<String, String> headers) {
        Subject parsed = Subject.parse(subject);
        UnaryOperator<String> required = name -> {
            String value = headers.get(name);
            if (value == null) {
                throw malformed(subject, "has no header " + name, null);
            }
            return PercentEncoding.decode(value);
        };
        try {
            return new EventEnvelope(
                    UUID.fromString(required.apply(HeaderNames.CE_ID)),
                    parsed.source(),
                    parsed.aggregateType(),
                    required.apply(HeaderNames.CE_SUBJECT),
                    required.apply(HeaderNames.CE_TYPE),
                    Integer.parseInt(headers.getOrDefault(HeaderNames.CE_EVENTVERSION, "1")),
                    PercentEncoding.decode(headers.getOrDefault(HeaderNames.CE_DATACONTENTTYPE, EventEnvelope.JSON)),
                    Instant.parse(required.apply(HeaderNames.CE_TIME)),
                    OutboxPosition.parse(required.apply(HeaderNames.OUTBOX_POSITION)),
                    parsed.partition(),
                    userHeaders(headers));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw malformed(subject, "has a malformed header: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> userHeaders(Map<String, String> headers) {
        Map<String, String> own = new HashMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.startsWith(CE_PREFIX) && !lower.startsWith("nats-") && !lower.startsWith("outbox-")) {
                own.put(name, PercentEncoding.decode(value));
            }
        });
        return own;
    }

    private static AftercommitException malformed(String subject, String what, @Nullable Exception cause) {
        return new AftercommitException(
                ErrorCode.MALFORMED_MESSAGE,
                "The message on " + subject + " " + what + "; only the relay may publish to this subject.",
                cause);
    }
}
