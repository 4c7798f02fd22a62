package dev.aftercommit.relay.stream;

import dev.aftercommit.contract.OutboxPosition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream ends: the truth about what has been published.
 *
 * @param sequence the stream's last sequence; 0 when nothing was ever stored
 * @param last the last message that is still there; null when there is none
 */
public record StreamTail(long sequence, @Nullable LastMessage last) {
    /** Of a stream that does not exist yet. */
    public static final StreamTail EMPTY = new StreamTail(0, null);

    /** The last message. */
    public record LastMessage(UUID eventId, OutboxPosition position) {}

    /** Whether nothing was ever stored in the stream. */
    public boolean isPristine() {
        return sequence == 0;
    }
}
