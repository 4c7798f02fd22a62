package dev.aftercommit.crash.check;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as a raw client finds it in the stream. */
public record StoredMessage(long sequence, String subject, Map<String, List<String>> headers, ByteBuffer body) {
    public StoredMessage {
        headers = Map.copyOf(headers);
    }

    /** The header's first value. */
    @Nullable
    String header(String name) {
        @Nullable List<String> values = headers.get(name);
        return values == null ? null : values.getFirst();
    }

    /** The event's id; empty when the message has none. */
    public Optional<UUID> id() {
        try {
            return Optional.ofNullable(header("ce-id")).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Where it says that it stands; empty when that is not well formed. */
    public Optional<Position> position() {
        return Optional.ofNullable(header("Outbox-Position")).flatMap(Position::parse);
    }
}
