package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.EventEnvelope;
import java.util.List;

/** An event that no handler was called with. Its message says why and what to do, and holds nothing of the payload. */
public final class UnreadableEventException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient EventEnvelope envelope;

    UnreadableEventException(EventEnvelope envelope, String message) {
        super(message);
        this.envelope = envelope;
    }

    UnreadableEventException(EventEnvelope envelope, String message, Throwable cause) {
        super(message, cause);
        this.envelope = envelope;
    }

    /** Whether this event is one of those. */
    public static boolean isAmong(List<UnreadableEventException> unreadable, EventEnvelope event) {
        return unreadable.stream().anyMatch(one -> one.envelope.eventId().equals(event.eventId()));
    }

    EventEnvelope envelope() {
        return envelope;
    }
}
