package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.HeaderNames;
import dev.aftercommit.contract.OutboxPosition;
import io.nats.client.api.MessageInfo;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that the stream holds.
 *
 * @param position null when the message carries none, so that the relay did not write it
 * @param eventId null when the message carries none
 * @param storedAt when the stream stored it, by the clock of NATS
 */
public record StoredEvent(
        long sequence,
        @Nullable OutboxPosition position,
        @Nullable UUID eventId,
        Instant storedAt) {

    static StoredEvent of(MessageInfo message) {
        Map<String, String> headers = Delivery.firstValues(message.getHeaders());
        return new StoredEvent(
                message.getSeq(),
                position(headers.get(HeaderNames.OUTBOX_POSITION)),
                Delivery.id(headers.get(HeaderNames.CE_ID)),
                message.getTime().toInstant());
    }

    private static @Nullable OutboxPosition position(@Nullable String text) {
        try {
            return text == null ? null : OutboxPosition.parse(text);
        } catch (AftercommitException notAPosition) {
            return null;
        }
    }
}
