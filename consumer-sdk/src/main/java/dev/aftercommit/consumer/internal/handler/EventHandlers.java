package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Subject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handlers of a consumer by event type. Immutable. */
public final class EventHandlers {
    private final Map<EventType, HandlerMethod> methods;
    private final EventCodec codec;
    private final Interceptors interceptors;

    public EventHandlers(Map<EventType, HandlerMethod> methods, EventCodec codec, Interceptors interceptors) {
        this.methods = methods;
        this.codec = codec;
        this.interceptors = interceptors;
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
            call(method, envelope, payload, transaction);
        } finally {
            // Left interrupted by a handler, a virtual thread closes the socket of the next database call.
            boolean ignored = Thread.interrupted();
        }
    }

    private void call(HandlerMethod method, EventEnvelope envelope, byte[] payload, HandlerTransaction transaction)
            throws Throwable {
        Interceptors.Running running = interceptors.before(envelope, method, transaction);
        try {
            method.call(codec.read(payload, method.event().eventClass()), transaction, envelope);
        } catch (Throwable failure) {
            running.failed(failure);
            throw failure;
        }
        running.returned();
    }

    /** Who handles such an event; null when nobody does. */
    @Nullable
    public HandlerMethod find(EventEnvelope envelope) {
        return methods.get(EventType.of(envelope));
    }

    public int count() {
        return methods.size();
    }
}
