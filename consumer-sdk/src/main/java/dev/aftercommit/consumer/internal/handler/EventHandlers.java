package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.UnreadablePolicy;
import dev.aftercommit.contract.EventContext;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The handlers of a consumer by event type. Safe for use by many threads. */
public final class EventHandlers {
    private final Map<EventType, HandlerMethod> methods;
    private final EventReader reader;
    private final UnreadableEvents unreadable;
    private final ReturnedEvents returned;
    private final Interceptors interceptors;

    public EventHandlers(
            Map<EventType, HandlerMethod> methods,
            EventReader reader,
            UnreadableEvents unreadable,
            ReturnedEvents returned,
            Interceptors interceptors) {
        this.methods = methods;
        this.reader = reader;
        this.unreadable = unreadable;
        this.returned = returned;
        this.interceptors = interceptors;
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
    public List<CallRange> calls(List<EventEnvelope> envelopes) {
        List<CallRange> calls = new ArrayList<>();
        HandlerMethod before = null;
        for (int at = 0; at < envelopes.size(); at++) {
            HandlerMethod method = find(envelopes.get(at));
            if (method != null && method.takesSeveral() && method.equals(before)) {
                calls.add(calls.removeLast().longer());
            } else {
                calls.add(new CallRange(at, 1));
            }
            before = method;
        }
        return calls;
    }

    /**
     * Reads the payloads, calls their handler, which is the same for all, and emits what that returns; throws what that throws.
     *
     * @param passedOver takes what cannot be read, where the policy is to skip that; nothing was done for it
     * @throws UnreadableEventException where the policy is another one
     */
    public void handle(
            List<EncodedEvent> events, HandlerTransaction transaction, Consumer<UnreadableEventException> passedOver)
            throws Throwable {
        List<EnvelopedEvent<Object>> readable = new ArrayList<>(events.size());
        for (EncodedEvent event : events) {
            try {
                HandlerMethod method = required(event.envelope());
                readable.add(new EnvelopedEvent<>(
                        reader.read(method.event(), event.envelope(), event.payload()), event.envelope()));
            } catch (UnreadableEventException e) {
                if (unreadable.policy() != UnreadablePolicy.SKIP) {
                    throw e;
                }
                passedOver.accept(e);
            }
        }
        if (!readable.isEmpty()) {
            EventEnvelope first = readable.getFirst().envelope();
            call(required(first), readable, transaction);
        }
    }

    /** What a handler of several emits has no single cause. */
    private void call(HandlerMethod method, List<EnvelopedEvent<Object>> events, HandlerTransaction transaction)
            throws Throwable {
        if (method.takesSeveral()) {
            intercepted(method, events, transaction);
        } else {
            EventContext.handling(events.getFirst().envelope(), () -> intercepted(method, events, transaction));
        }
    }

    private void intercepted(HandlerMethod method, List<EnvelopedEvent<Object>> events, HandlerTransaction transaction)
            throws Throwable {
        Interceptors.Running running = interceptors.before(events, method, transaction);
        try {
            returned.emit(returnedBy(method, events, transaction), transaction);
        } catch (Throwable failure) {
            running.failed(failure);
            throw failure;
        }
        running.returned();
    }

    private static List<Object> returnedBy(
            HandlerMethod method, List<EnvelopedEvent<Object>> events, HandlerTransaction transaction)
            throws Throwable {
        try {
            return ReturnedEvents.in(method.call(events, transaction));
        } finally {
            // Left interrupted by a handler, a virtual thread closes the socket of the next database call.
            boolean ignored = Thread.interrupted();
        }
    }

    private HandlerMethod required(EventEnvelope envelope) throws UnreadableEventException {
        HandlerMethod method = find(envelope);
        if (method == null) {
            throw new UnreadableEventException(
                    envelope,
                    "This instance has no handler for the event type " + EventType.of(envelope)
                            + ": start one that has, or discard the event when it is dead");
        }
        return method;
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

    public UnreadableEvents unreadable() {
        return unreadable;
    }

    public int count() {
        return methods.size();
    }
}
