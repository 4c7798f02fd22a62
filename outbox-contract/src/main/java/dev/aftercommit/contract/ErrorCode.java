package dev.aftercommit.contract;

import java.util.Locale;

/** The stable name of a failure: a metric label, and an anchor in the reference. */
public enum ErrorCode {
    /** An emit outside a transaction. */
    NO_TRANSACTION,
    /**
     * A class without {@link DomainEvent} and {@link AggregateId}, with names that the contract does not allow, or with
     * {@link Upcasts} methods that are no chain.
     */
    NOT_A_DOMAIN_EVENT,
    /** An aggregate id that is null, empty or too long. */
    INVALID_AGGREGATE_ID,
    /** A header whose name is reserved or malformed, or headers that are too large. */
    INVALID_HEADER,
    /** A payload larger than any stream is sure to take. */
    PAYLOAD_TOO_LARGE,
    /** An event that the codec cannot write, or a payload that it cannot read or that is of a version that is not read. */
    PAYLOAD_UNREADABLE,
    /** A message that does not carry what the contract says. */
    MALFORMED_MESSAGE,
    /** A wrong or missing setting. */
    INVALID_SETTING,
    /** A handler method with a wrong signature, or two for one event type. */
    INVALID_HANDLER,
    /** PostgreSQL is set up in a way that cannot work, such as a too low {@code wal_level}. */
    DATABASE_UNSUITABLE,
    /** PostgreSQL cannot be reached, or failed in the middle. */
    DATABASE_UNAVAILABLE,
    /** NATS is set up in a way that cannot work, such as one without JetStream. */
    BROKER_UNSUITABLE,
    /** NATS cannot be reached, or failed in the middle. */
    BROKER_UNAVAILABLE,
    /** The stream belongs to somebody else or is not what the contract says. */
    STREAM_MISMATCH,
    /** Rows of the outbox table that the stream is owed are gone. */
    EVENTS_GONE,
    /** Somebody else wrote to the stream in between. */
    FENCED;

    /** The name as metric labels and the reference write it, such as {@code payload-too-large}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
