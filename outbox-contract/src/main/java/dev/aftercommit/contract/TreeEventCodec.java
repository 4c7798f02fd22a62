package dev.aftercommit.contract;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A codec that can stop half way, at the tree that {@link Upcasts upcasters} change. Implementations are safe for use by many
 * threads.
 */
public interface TreeEventCodec extends EventCodec {
    /**
     * A payload as a tree of its own, with all digits of its numbers.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when it cannot be read as one
     */
    JsonNode readTree(byte[] payload);

    /**
     * A tree as an event of the given class.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when it cannot be read as one
     */
    <T> T read(JsonNode payload, Class<T> eventClass);
}
