package dev.aftercommit.relay.routing;

import dev.aftercommit.contract.OutboxPosition;
import java.util.UUID;

/**
 * A message that is ready for the stream but for its expected sequence. Not a record: it holds arrays, and nobody
 * compares messages.
 */
public final class OutboundMessage {
    private final UUID eventId;
    private final OutboxPosition position;
    private final String subject;
    private final byte[] headers;
    private final byte[] body;

    OutboundMessage(UUID eventId, OutboxPosition position, String subject, byte[] headers, byte[] body) {
        this.eventId = eventId;
        this.position = position;
        this.subject = subject;
        this.headers = headers;
        this.body = body;
    }

    public UUID eventId() {
        return eventId;
    }

    public OutboxPosition position() {
        return position;
    }

    public String subject() {
        return subject;
    }

    /** The header block as it goes over the wire, {@code NATS/1.0} line first, without the empty line that ends it. */
    public byte[] headers() {
        return headers;
    }

    public byte[] body() {
        return body;
    }

    /** Bytes on the wire, roughly: what counts against limits. */
    public int size() {
        return headers.length + body.length;
    }
}
