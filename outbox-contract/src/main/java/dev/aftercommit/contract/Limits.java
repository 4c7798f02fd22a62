package dev.aftercommit.contract;

/**
 * The sizes up to which an event is sure to fit into a message of {@link #MAX_MESSAGE_BYTES}, which is the default
 * {@code max_payload} of a nats-server. The outbox table checks the same numbers.
 */
public final class Limits {
    /** Payload, in bytes of UTF-8. */
    public static final int MAX_PAYLOAD_BYTES = 983_040;

    /** All user headers of an event as the JSON text that the outbox stores, in bytes of UTF-8. */
    public static final int MAX_HEADERS_BYTES = 16_384;

    /** Aggregate id, in bytes of UTF-8. */
    public static final int MAX_AGGREGATE_ID_BYTES = 255;

    /** Aggregate type and event type each, in bytes of UTF-8. */
    public static final int MAX_TYPE_BYTES = 255;

    /** The version of an event type: nine digits. */
    public static final int MAX_EVENT_VERSION = 999_999_999;

    /** Source name, in characters. */
    public static final int MAX_SOURCE_LENGTH = 64;

    /** A whole message with its headers, in bytes: what a server's {@code max_payload} should be at least. */
    public static final int MAX_MESSAGE_BYTES = 1_048_576;

    private Limits() {}
}
