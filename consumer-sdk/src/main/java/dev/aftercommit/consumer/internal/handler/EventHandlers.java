package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Subject;
import java.util.ArrayList;
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

    /**
     * How handlers are called with these events, in order: a handler that takes several with all of its own that follow each
     * other, any other one by one. What is between two events of an aggregate is never passed over, so its order is kept.
     */
    public List<HandlerCall> calls(List<EventEnvelope> envelopes) {
        List<HandlerCall> calls = new ArrayList<>();
        HandlerMethod before = null;
        for (int at = 0; at < envelopes.size(); at++) {
            HandlerMethod method = find(envelopes.get(at));
            if (method != null && method.takesSeveral() && method.equals(before)) {
                calls.add(calls.removeLast().longer());
            } else {
                calls.add(new HandlerCall(at, 1));
            }
            before = method;
        }
        return calls;
    }

    /** Reads the payloads and calls their handler, which is the same for all; throws what that throws. */
    public void handle(List<EncodedEvent> events, HandlerTransaction transaction) throws Throwable {
        EventEnvelope first = events.getFirst().envelope();
        HandlerMethod method = find(first);
        if (method == null) {
            throw new AftercommitException(
                    ErrorCode.MALFORMED_MESSAGE,
                    "A message on " + first.subject() + " says that its event type is " + first.eventType()
                            + ", which no handler takes; only the relay may publish to this subject.");
        }
        List<EnvelopedEvent<Object>> read = new ArrayList<>(events.size());
        for (EncodedEvent event : events) {
            read.add(new EnvelopedEvent<>(
                    codec.read(event.payload(), method.event().eventClass()), event.envelope()));
        }
        try {
            method.call(read, transaction);
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
