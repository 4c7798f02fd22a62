package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Subject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The handlers of a consumer by event type. Immutable. */
public final class EventHandlers {
    private final Map<EventType, HandlerMethod> methods;
    private final EventCodec codec;

    public EventHandlers(Map<EventType, HandlerMethod> methods, EventCodec codec) {
        this.methods = methods;
        this.codec = codec;
    }

    /** The subjects of the handled events of one partition. */
    public List<String> subjects(String source, int partition) {
        return methods.keySet().stream()
                .map(type -> new Subject(source, type.aggregateType(), type.eventType(), partition).toString())
                .sorted()
                .toList();
    }

    /** Reads the payload and calls its handler; throws what that throws. */
    public void handle(EventEnvelope envelope, byte[] payload, HandlerTransaction transaction) throws Throwable {
        HandlerMethod method = find(envelope);
        if (method == null) {
            throw new AftercommitException(
                    ErrorCode.MALFORMED_MESSAGE,
                    "A message on " + envelope.subject() + " says that its event type is " + envelope.eventType()
                            + ", which no handler takes; only the relay may publish to this subject.");
        }
        try {
            method.call(codec.read(payload, method.event().eventClass()), transaction, envelope);
        } finally {
            // Left interrupted by a handler, a virtual thread closes the socket of the next database call.
            boolean ignored = Thread.interrupted();
        }
    }

    /** Who handles such an event; null when nobody does. */
    @Nullable
    public HandlerMethod find(EventEnvelope envelope) {
        return methods.get(EventType.of(envelope));
    }

    /** Who handles such events, as messages name them. */
    public String names(List<EventEnvelope> envelopes) {
        return envelopes.stream()
                .map(this::find)
                .filter(Objects::nonNull)
                .map(HandlerMethod::name)
                .distinct()
                .sorted()
                .collect(Collectors.joining(" or "));
    }

    public int count() {
        return methods.size();
    }
}
