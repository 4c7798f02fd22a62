package dev.aftercommit.contract;

/** Turns events into payloads and back. Implementations are safe for use by many threads. */
public interface EventCodec {
    /**
     * The event as JSON text.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when it cannot be written
     */
    String write(Object event);

    /**
     * A payload as an event of the given class.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when it cannot be read as one
     */
    <T> T read(byte[] payload, Class<T> eventClass);
}
