package dev.aftercommit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An {@link Upcasts} method that was checked. */
record Upcaster(int from, Method method) {

    /** What is wrong with the method; null when it can be used. */
    static @Nullable String problem(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        boolean takesTree = parameters.length > 0 && JsonNode.class.isAssignableFrom(parameters[0]);
        boolean takesNoMore =
                parameters.length == 1 || (parameters.length == 2 && parameters[1] == EventEnvelope.class);
        if (Modifier.isStatic(method.getModifiers())
                && takesTree
                && takesNoMore
                && JsonNode.class.isAssignableFrom(method.getReturnType())) {
            return null;
        }
        return nameOf(method)
                + " is no upcaster: make it static, let it take the payload as ObjectNode or JsonNode, and"
                + " behind it the EventEnvelope if it needs that, and return an ObjectNode or JsonNode";
    }

    static String nameOf(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    /**
     * The payload in the next version.
     *
     * @throws AftercommitException {@link ErrorCode#PAYLOAD_UNREADABLE} when the method fails; its message holds nothing of
     *     the payload
     */
    JsonNode upcast(JsonNode payload, EventEnvelope envelope) {
        if (!method.getParameterTypes()[0].isInstance(payload)) {
            throw failed("takes no " + payload.getNodeType(), null);
        }
        Object result;
        try {
            result = method.getParameterCount() == 1
                    ? method.invoke(null, payload)
                    : method.invoke(null, payload, envelope);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause() == null ? e : e.getCause();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw failed("threw " + thrown.getClass().getName() + at(thrown), thrown);
        } catch (IllegalAccessException e) {
            throw failed("cannot be called", e);
        }
        if (result instanceof JsonNode newer) {
            return newer;
        }
        throw failed("returned null", null);
    }

    private String at(Throwable thrown) {
        String declaring = method.getDeclaringClass().getName();
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassName().equals(declaring))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
    }

    private AftercommitException failed(String how, @Nullable Throwable cause) {
        return new AftercommitException(
                ErrorCode.PAYLOAD_UNREADABLE,
                "The upcaster " + method.getDeclaringClass().getName() + '.' + nameOf(method)
                        + " cannot take a payload of version " + from + ", since it " + how
                        + ": make it accept the payload",
                cause);
    }
}
