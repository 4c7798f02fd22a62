package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.EventEnvelope;

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

    EventEnvelope envelope() {
        return envelope;
    }
}
