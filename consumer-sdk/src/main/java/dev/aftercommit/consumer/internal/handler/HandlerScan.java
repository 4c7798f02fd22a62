package dev.aftercommit.consumer.internal.handler;

import dev.aftercommit.consumer.Backoff;
import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.contract.Upcasts;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the {@link Handles} methods of objects and checks all of them before it complains. */
public final class HandlerScan {
    private final List<String> problems = new ArrayList<>();
    private final Map<EventType, HandlerMethod> methods = new LinkedHashMap<>();

    private final RetryPolicy retry;

    private HandlerScan(RetryPolicy retry) {
        this.retry = retry;
    }

    /**
     * The handlers of these objects.
     *
     * @param retry for those that say nothing else
     * @throws AftercommitException {@link ErrorCode#INVALID_HANDLER} that lists every method that cannot be used
     */
    public static Map<EventType, HandlerMethod> of(List<Object> targets, RetryPolicy retry) {
        HandlerScan scan = new HandlerScan(retry);
        if (targets.isEmpty()) {
            scan.problems.add("there is no handler object: pass at least one to handlers(...)");
        }
        targets.forEach(scan::scan);
        if (!scan.problems.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_HANDLER,
                    "Handlers that cannot be used:\n- " + String.join("\n- ", scan.problems));
        }
        return Collections.unmodifiableMap(scan.methods);
    }

    static String nameOf(Method method) {
        return method.getDeclaringClass().getName()
                + '.'
                + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private void scan(Object target) {
        if (target instanceof Class<?> type) {
            problems.add(type.getName() + ".class is a class: pass an object of it to handlers(...)");
            return;
        }
        List<Method> found = annotatedMethods(target.getClass());
        if (found.isEmpty()) {
            problems.add(target.getClass().getName() + " has no @Handles method: add one or leave the object out");
        }
        found.forEach(method -> check(target, method));
        Arrays.stream(target.getClass().getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Upcasts.class))
                .forEach(method ->
                        complain(method, "is an upcaster: move it to the record of the event, as a static method"));
    }

    /** Also those of superclasses, which is where a generated proxy has them; an overridden method counts once. */
    private static List<Method> annotatedMethods(Class<?> type) {
        List<Method> found = new ArrayList<>();
        Set<List<Object>> seen = new HashSet<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            Arrays.stream(c.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Handles.class) && !method.isBridge())
                    .filter(method -> Modifier.isPrivate(method.getModifiers())
                            || seen.add(List.of(method.getName(), List.of(method.getParameterTypes()))))
                    .sorted(Comparator.comparing(HandlerScan::nameOf))
                    .forEach(found::add);
        }
        return found;
    }

    private void check(Object target, Method method) {
        int before = problems.size();
        Handles annotation = method.getAnnotation(Handles.class);
        Class<?> eventClass = annotation.value();
        EventDescriptor event = descriptor(method, eventClass);
        List<HandlerParameter> parameters = parameters(method, eventClass);
        returned(method);
        try {
            method.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            complain(method, "cannot be called by reflection: open its package to dev.aftercommit.consumer");
        }
        RetryPolicy own = retry(method, annotation);
        if (event != null && own != null && problems.size() == before) {
            add(new HandlerMethod(target, method, event, parameters, own));
        }
    }

    private void returned(Method method) {
        try {
            String problem = ReturnedEvents.problem(method);
            if (problem != null) {
                complain(method, problem);
            }
        } catch (AftercommitException e) {
            complain(method, "returns what cannot be emitted. " + e.getMessage());
        }
    }

    private @Nullable RetryPolicy retry(Method method, Handles annotation) {
        Backoff wait = retry.backoff();
        try {
            if (annotation.backoff().delay() != 0 || annotation.backoff().maxDelay() != 0) {
                wait = new Backoff(
                        Duration.ofMillis(annotation.backoff().delay()),
                        Duration.ofMillis(annotation.backoff().maxDelay()));
            }
            return new RetryPolicy(
                    annotation.attempts() == 0 ? retry.attempts() : annotation.attempts(),
                    wait,
                    Stream.concat(retry.noRetryFor().stream(), Arrays.stream(annotation.noRetryFor()))
                            .toList());
        } catch (AftercommitException e) {
            complain(method, "cannot be retried as it says. " + e.getMessage());
            return null;
        }
    }

    private @Nullable EventDescriptor descriptor(Method method, Class<?> eventClass) {
        try {
            return EventDescriptor.of(eventClass);
        } catch (AftercommitException e) {
            complain(method, "handles what cannot be handled. " + e.getMessage());
            return null;
        }
    }

    private List<HandlerParameter> parameters(Method method, Class<?> eventClass) {
        List<HandlerParameter> kinds = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            HandlerParameter kind = HandlerParameter.of(parameter.getParameterizedType(), eventClass);
            if (kind == null) {
                String event = eventClass.getSimpleName();
                complain(
                        method,
                        "takes a " + parameter.getType().getSimpleName() + ": a handler takes the event (" + event
                                + ", or List<" + event + "> or List<EnvelopedEvent<" + event
                                + ">> for several at a time), one of Connection, DSLContext and Configuration, and the EventEnvelope");
            } else {
                kinds.add(kind);
            }
        }
        if (kinds.stream().noneMatch(HandlerParameter::isEvent)) {
            complain(method, "does not take its event: add a parameter of type " + eventClass.getSimpleName());
        }
        if (kinds.stream().filter(HandlerParameter::isEvent).count() > 1) {
            complain(method, "takes its event twice: take it once");
        }
        if (Collections.frequency(kinds, HandlerParameter.ENVELOPE) > 1) {
            complain(method, "takes the envelope twice: take it once");
        }
        if (kinds.contains(HandlerParameter.ENVELOPE) && kinds.stream().anyMatch(HandlerParameter::isSeveral)) {
            complain(
                    method,
                    "takes several events and one envelope: take a List<EnvelopedEvent<" + eventClass.getSimpleName()
                            + ">>");
        }
        if (kinds.stream().filter(HandlerParameter::isTransaction).count() > 1) {
            complain(method, "takes the transaction twice: take one of Connection, DSLContext and Configuration");
        }
        return List.copyOf(kinds);
    }

    private void add(HandlerMethod handler) {
        HandlerMethod other = methods.putIfAbsent(EventType.of(handler.event()), handler);
        if (other != null) {
            complain(
                    handler.method(),
                    "handles the event type " + EventType.of(handler.event()) + ", and so does " + other.name()
                            + ": one consumer has one handler for an event type; make one call the other,"
                            + " or give the second a consumer with another name");
        }
    }

    private void complain(Method method, String what) {
        problems.add(nameOf(method) + " " + what);
    }
}
