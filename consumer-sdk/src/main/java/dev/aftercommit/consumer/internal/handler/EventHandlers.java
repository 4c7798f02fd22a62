package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.UnreadablePolicy;
import dev.aftercommit.contract.EventContext;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.Subject;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The handlers of a consumer by event type. Safe for use by many threads. */
public final class EventHandlers {
    private final Map<EventType, HandlerMethod> methods;
    private final EventReader reader;
    private final UnreadableEvents unreadable;
    private final ReturnedEvents returned;

    public EventHandlers(
            Map<EventType, HandlerMethod> methods,
            EventReader reader,
            UnreadableEvents unreadable,
            ReturnedEvents returned) {
        this.methods = methods;
        this.reader = reader;
        this.unreadable = unreadable;
        this.returned = returned;
    }

    /** The subjects of the handled events of one partition. */
    public List<String> subjects(String source, int partition) {
        return methods.keySet().stream()
                .map(type -> new Subject(source, type.aggregateType(), type.eventType(), partition).toString())
                .sorted()
                .toList();
    }

    /**
     * Reads the payload, calls its handler and emits what that returns; throws what that throws.
     *
     * @param passedOver takes what cannot be read, where the policy is to skip that; nothing was done for it
     * @throws UnreadableEventException where the policy is another one
     */
    public void handle(
            EventEnvelope envelope,
            byte[] payload,
            HandlerTransaction transaction,
            Consumer<UnreadableEventException> passedOver)
            throws Throwable {
        try {
            HandlerMethod method = required(envelope);
            call(method, reader.read(method.event(), envelope, payload), transaction, envelope);
        } catch (UnreadableEventException e) {
            if (unreadable.policy() != UnreadablePolicy.SKIP) {
                throw e;
            }
            passedOver.accept(e);
        }
    }

    private void call(HandlerMethod method, Object event, HandlerTransaction transaction, EventEnvelope envelope)
            throws Throwable {
        EventContext.handling(
                envelope, () -> returned.emit(eventsOf(method, event, transaction, envelope), transaction));
    }

    private static List<Object> eventsOf(
            HandlerMethod method, Object event, HandlerTransaction transaction, EventEnvelope envelope)
            throws Throwable {
        try {
            return ReturnedEvents.in(method.call(event, transaction, envelope));
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

    public UnreadableEvents unreadable() {
        return unreadable;
    }

    public int count() {
        return methods.size();
    }
}
