package dev.aftercommit.relay.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.Limits;
import dev.aftercommit.contract.MessageHeaders;
import dev.aftercommit.contract.OutboxPosition;
import dev.aftercommit.contract.Partitions;
import dev.aftercommit.contract.UserHeaders;
import dev.aftercommit.relay.source.OutboxChange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From an outbox row to its message. A pure function of the change and of what is fixed for a stream. */
public final class EventRouter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");

    private final String source;
    private final int partitions;
    private final Map<String, String> subjects = new HashMap<>();
    private final HeaderBlock headerBlock = new HeaderBlock();

    public EventRouter(String source, int partitions) {
        this.source = source;
        this.partitions = partitions;
    }

    /**
     * The message of a change. Not safe for use by several threads.
     *
     * @param position where it stands in the history of the source
     * @param attempt what to put behind the event id in {@code Nats-Msg-Id}: a message that is published again has to get
     *     past the ids that the stream remembers; empty for the first time
     * @throws AftercommitException {@link ErrorCode#MALFORMED_MESSAGE} when the row breaks the contract, which the
     *     table's checks do not let happen
     */
    public OutboundMessage route(OutboxChange change, OutboxPosition position, String attempt) {
        OutboxChange.Row row = change.row();
        requireNames(row);
        Map<String, String> stored = storedHeaders(row);
        String version = stored.remove(HeaderNames.STORED_EVENTVERSION);
        String contentType = stored.remove(HeaderNames.STORED_DATACONTENTTYPE);
        EventEnvelope envelope = new EventEnvelope(
                UUID.fromString(row.id()),
                source,
                row.aggregateType(),
                row.aggregateId(),
                row.eventType(),
                version == null ? 1 : version(row, version),
                contentType == null ? EventEnvelope.JSON : contentType,
                change.time(),
                position,
                Partitions.of(row.aggregateId(), partitions),
                userHeaders(row, stored));
        return new OutboundMessage(
                envelope.eventId(),
                position,
                subject(envelope),
                headerBlock.of(envelope, attempt),
                body(envelope, row.payload()));
    }

    private String subject(EventEnvelope envelope) {
        String key = envelope.aggregateType() + '.' + envelope.eventType() + '.' + envelope.partition();
        if (subjects.size() > 10_000) {
            subjects.clear();
        }
        return subjects.computeIfAbsent(key, k -> envelope.subject().toString());
    }

    private static void requireNames(OutboxChange.Row row) {
        requireLength(row, "aggregate_type", row.aggregateType(), Limits.MAX_TYPE_BYTES);
        requireLength(row, "aggregate_id", row.aggregateId(), Limits.MAX_AGGREGATE_ID_BYTES);
        requireLength(row, "event_type", row.eventType(), Limits.MAX_TYPE_BYTES);
    }

    private static void requireLength(OutboxChange.Row row, String column, String value, int most) {
        int length = value.length();
        if (length > 0 && length <= most / 3) {
            return;
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > most) {
            throw malformed(row.id(), column + " is " + bytes + " bytes instead of 1 to " + most, null);
        }
    }

    private static Map<String, String> storedHeaders(OutboxChange.Row row) {
        if (row.headers() == null) {
            return new HashMap<>(0);
        }
        try {
            Map<String, String> stored = JSON.readValue(row.headers(), STRINGS);
            if (stored == null) {
                throw malformed(row.id(), "headers are null in JSON; leave them out", null);
            }
            return new HashMap<>(stored);
        } catch (JsonProcessingException e) {
            throw malformed(row.id(), "headers are not a JSON object of strings", e);
        }
    }

    private static int version(OutboxChange.Row row, String text) {
        if (!VERSION.matcher(text).matches()) {
            throw malformed(row.id(), "eventversion is not 1 to " + Limits.MAX_EVENT_VERSION, null);
        }
        return Integer.parseInt(text);
    }

    private static Map<String, String> userHeaders(OutboxChange.Row row, Map<String, String> stored) {
        try {
            return UserHeaders.require(stored);
        } catch (AftercommitException e) {
            throw malformed(row.id(), "headers cannot travel: " + e.getMessage(), e);
        }
    }

    private static byte[] body(EventEnvelope envelope, String payload) {
        if (envelope.dataContentType().equals(EventEnvelope.JSON)) {
            return payload.getBytes(StandardCharsets.UTF_8);
        }
        try {
            JsonNode text = JSON.readTree(payload);
            if (!text.isTextual()) {
                throw malformed(envelope.eventId().toString(), "payload is not a base64 JSON string", null);
            }
            return Base64.getDecoder().decode(text.textValue());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw malformed(envelope.eventId().toString(), "payload is not a base64 JSON string", e);
        }
    }

    private static AftercommitException malformed(String id, String what, @Nullable Exception cause) {
        return new AftercommitException(
                ErrorCode.MALFORMED_MESSAGE,
                "Outbox row " + id + ": its " + what + (what.endsWith(".") ? "" : "."),
                cause);
    }

    /** Writes headers into one buffer that is used again for each message. */
    private static final class HeaderBlock {
        private static final byte[] VERSION = "NATS/1.0\r\n".getBytes(StandardCharsets.US_ASCII);

        private byte[] buffer = new byte[1024];
        private int length;

        byte[] of(EventEnvelope envelope, String attempt) {
            length = 0;
            append(VERSION);
            MessageHeaders.write(envelope, attempt, this::header);
            return Arrays.copyOf(buffer, length);
        }

        private void header(String name, String value) {
            append(name.getBytes(StandardCharsets.ISO_8859_1));
            append((byte) ':');
            append(value.getBytes(StandardCharsets.ISO_8859_1));
            append((byte) '\r');
            append((byte) '\n');
        }

        private void append(byte[] bytes) {
            ensure(bytes.length);
            System.arraycopy(bytes, 0, buffer, length, bytes.length);
            length += bytes.length;
        }

        private void append(byte b) {
            ensure(1);
            buffer[length++] = b;
        }

        private void ensure(int more) {
            if (length + more > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
            }
        }
    }
}
