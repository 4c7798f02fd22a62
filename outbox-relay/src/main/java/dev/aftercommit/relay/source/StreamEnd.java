package dev.aftercommit.relay.source;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The last message of the stream that was known when a row of the journal was written.
 *
 * @param sequence 0 when the stream had never stored a message
 * @param event the event at that sequence; null when there is none
 */
public record StreamEnd(long sequence, @Nullable UUID event) {
    public static final StreamEnd NONE = new StreamEnd(0, null);
}
