package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.spi.EventEmitter;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventDescriptor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The events that handlers return, and who emits them. Safe for use by many threads. */
public final class ReturnedEvents {
    private final @Nullable EventEmitter emitter;

    private ReturnedEvents(@Nullable EventEmitter emitter) {
        this.emitter = emitter;
    }

    /**
     * Emits by this emitter what these methods return.
     *
     * @param emitter null when there is none
     * @throws AftercommitException {@link ErrorCode#INVALID_HANDLER} when there is none, and one returns something
     */
    public static ReturnedEvents of(Collection<HandlerMethod> methods, @Nullable EventEmitter emitter) {
        List<String> returning = methods.stream()
                .filter(handler -> handler.method().getReturnType() != void.class)
                .map(HandlerMethod::name)
                .toList();
        if (emitter == null && !returning.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_HANDLER,
                    "Handlers return events, and nothing emits them: set emitter(Outbox::emitAll), or let them return"
                            + " void:\n- " + String.join("\n- ", returning));
        }
        return new ReturnedEvents(emitter);
    }

    /** What is wrong with what a handler method returns; null when it can be emitted. */
    static @Nullable String problem(Method method) {
        Type type = method.getGenericReturnType();
        if (type == void.class) {
            return null;
        }
        Class<?> raw = method.getReturnType();
        boolean severalOrNone = raw == Optional.class || Collection.class.isAssignableFrom(raw) || raw == Stream.class;
        if (severalOrNone ? mayHoldEvents(type) : isEvent(raw)) {
            return null;
        }
        return "returns " + type.getTypeName()
                + ": a handler returns void, or what it emits: a record with @DomainEvent, a sealed interface of such"
                + " records, or an Optional, Collection or Stream of them";
    }

    /** What cannot be told before is refused by the emitter. */
    private static boolean mayHoldEvents(Type type) {
        return !(type instanceof ParameterizedType parameterized)
                || Arrays.stream(parameterized.getActualTypeArguments()).allMatch(ReturnedEvents::mayBeEvent);
    }

    private static boolean mayBeEvent(Type type) {
        return switch (type) {
            case Class<?> element -> element == Object.class || isEvent(element);
            case WildcardType wildcard -> mayBeEvent(wildcard.getUpperBounds()[0]);
            default -> false;
        };
    }

    private static boolean isEvent(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted != null) {
            return Arrays.stream(permitted).allMatch(ReturnedEvents::isEvent);
        }
        return type.isAnnotationPresent(DomainEvent.class)
                && EventDescriptor.of(type).eventClass() == type;
    }

    void emit(List<Object> events, HandlerTransaction transaction) {
        if (emitter != null && !events.isEmpty()) {
            emitter.emit(transaction.connection(), events);
        }
    }

    /** Those in what a handler has returned. */
    static List<Object> in(@Nullable Object returned) {
        return switch (returned) {
            case null -> List.of();
            case Optional<?> one -> one.<List<Object>>map(List::of).orElseGet(List::of);
            case Collection<?> several -> List.copyOf(several);
            case Stream<?> stream -> {
                try (stream) {
                    yield List.copyOf(stream.toList());
                }
            }
            default -> List.of(returned);
        };
    }
}
