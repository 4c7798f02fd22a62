package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.EnvelopedEvent;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.contract.EventDescriptor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Handles} method that was checked, and the object that it is called on.
 *
 * @param retry what becomes of an event that it fails on
 */
public record HandlerMethod(
        Object target, Method method, EventDescriptor event, List<HandlerParameter> parameters, RetryPolicy retry) {

    /** Whether it is called with all events at once that follow each other. */
    public boolean takesSeveral() {
        return parameters.stream().anyMatch(HandlerParameter::isSeveral);
    }

    /** Calls the method, with one event unless it takes several, and returns what it returns; throws what it throws. */
    @Nullable
    Object call(List<EnvelopedEvent<Object>> events, HandlerTransaction transaction) throws Throwable {
        Object[] arguments = parameters.stream()
                .map(parameter -> switch (parameter) {
                    case EVENT -> events.getFirst().event();
                    case ENVELOPE -> events.getFirst().envelope();
                    case EVENTS -> events.stream().map(EnvelopedEvent::event).toList();
                    case ENVELOPED_EVENTS -> List.copyOf(events);
                    case CONNECTION -> transaction.connection();
                    case DSL_CONTEXT -> transaction.dsl();
                    case CONFIGURATION -> transaction.configuration();
                })
                .toArray();
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** As messages name it, such as {@code com.example.DirectoryHandlers.on(AccountCreated, DSLContext)}. */
    public String name() {
        return HandlerScan.nameOf(method);
    }
}
