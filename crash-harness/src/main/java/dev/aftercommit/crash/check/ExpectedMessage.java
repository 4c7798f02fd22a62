package dev.aftercommit.crash.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The message that the contract asks for.
 *
 * @param headers those whose values follow from the row
 */
record ExpectedMessage(String id, String subject, Map<String, String> headers, ByteBuffer body) {
    private static final String SOURCE = "accounts";
    private static final int PARTITIONS = 16;
    private static final String JSON = "application/json";

    /** What follows from when and how a message was published, not from the row. */
    private static final Set<String> FREE =
            Set.of("ce-time", "Outbox-Position", "Nats-Msg-Id", "Nats-Expected-Last-Sequence");

    private static final int FREE_BYTES = 300;

    static ExpectedMessage of(Row row) {
        Map<String, String> own = new TreeMap<>(row.headers());
        String version = Objects.requireNonNullElse(own.remove("eventversion"), "1");
        String contentType = Objects.requireNonNullElse(own.remove("datacontenttype"), JSON);
        Map<String, String> headers = new TreeMap<>();
        own.forEach((name, value) -> headers.put(name, Encoding.percent(value)));
        headers.put("ce-specversion", "1.0");
        headers.put("ce-id", row.id().toString());
        headers.put("ce-source", "/" + SOURCE);
        headers.put("ce-type", Encoding.percent(row.eventType()));
        headers.put("ce-subject", Encoding.percent(row.aggregate().id()));
        if (!version.equals("1")) {
            headers.put("ce-eventversion", version);
        }
        if (!contentType.equals(JSON)) {
            headers.put("ce-datacontenttype", Encoding.percent(contentType));
        }
        String subject = "outbox.%s.%s.%s.%02d"
                .formatted(
                        SOURCE,
                        Encoding.token(row.aggregate().type()),
                        Encoding.token(row.eventType()),
                        Encoding.partition(row.aggregate().id(), PARTITIONS));
        return new ExpectedMessage(row.id().toString(), subject, headers, body(row.payload(), contentType));
    }

    private static ByteBuffer body(String payload, String contentType) {
        return contentType.equals(JSON)
                ? ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8))
                : ByteBuffer.wrap(Base64.getDecoder().decode(payload.substring(1, payload.length() - 1)));
    }

    /** What counts against limits, with more room than the headers need whose values do not follow from the row. */
    int sizeAtMost() {
        int size = FREE_BYTES + body.remaining();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().length() + ":\r\n".length();
        }
        return size;
    }

    /** The first thing that is not as it should be. */
    Optional<String> differenceFrom(StoredMessage message) {
        if (!message.subject().equals(subject)) {
            return Optional.of("subject " + message.subject() + " instead of " + subject);
        }
        Map<String, String> found = new TreeMap<>();
        message.headers().forEach((name, values) -> {
            if (!FREE.contains(name)) {
                found.put(name, String.join(", ", values));
            }
        });
        if (!found.equals(headers)) {
            return Optional.of("headers " + found + " instead of " + headers);
        }
        if (!message.body().equals(body)) {
            return Optional.of("another payload");
        }
        @Nullable String messageId = message.header("Nats-Msg-Id");
        if (messageId != null && !messageId.equals(id) && !messageId.startsWith(id + "~")) {
            return Optional.of("Nats-Msg-Id " + messageId);
        }
        return isTime(message.header("ce-time")) ? Optional.empty() : Optional.of("no ce-time");
    }

    private static boolean isTime(@Nullable String text) {
        try {
            return text != null && Instant.parse(text).isAfter(Instant.EPOCH);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
