package dev.aftercommit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The upcasters of an event class, each from one version to the next, the last one to the class's own. Immutable.
 *
 * @param oldest the version that the first one takes; that of the class when there is none
 */
record UpcasterChain(int oldest, List<Upcaster> upcasters) {

    /** Those of an event class; adds what is wrong with them to {@code problems}. */
    static UpcasterChain of(Class<?> eventClass, int version, List<String> problems) {
        TreeMap<Integer, Upcaster> byVersion = new TreeMap<>();
        Arrays.stream(eventClass.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Upcasts.class))
                .sorted(Comparator.comparing(Upcaster::nameOf))
                .forEach(method -> add(method, version, byVersion, problems));
        for (int from = byVersion.isEmpty() ? version : byVersion.firstKey(); from < version; from++) {
            if (!byVersion.containsKey(from)) {
                problems.add("its upcasters lead from version " + byVersion.firstKey() + " to " + version
                        + ", but none is @Upcasts(from = " + from + "): add it, or remove those before it");
                break;
            }
        }
        List<Upcaster> chain = List.copyOf(byVersion.values());
        return new UpcasterChain(version - chain.size(), chain);
    }

    private static void add(Method method, int version, TreeMap<Integer, Upcaster> byVersion, List<String> problems) {
        String problem = Upcaster.problem(method);
        if (problem != null) {
            problems.add(problem);
        }
        int from = method.getAnnotation(Upcasts.class).from();
        if (from < 1 || from >= version) {
            problems.add(Upcaster.nameOf(method) + " is @Upcasts(from = " + from + "), and the class is of version "
                    + version
                    + ": upcast from 1 or later, and raise version in @DomainEvent to what the last one returns");
            return;
        }
        Upcaster other = byVersion.putIfAbsent(from, new Upcaster(from, method));
        if (other != null) {
            problems.add(Upcaster.nameOf(method) + " and " + Upcaster.nameOf(other.method())
                    + " are both @Upcasts(from = " + from + "): keep one");
        }
        method.setAccessible(true);
    }

    /** The payload in the version of the class. */
    JsonNode upcast(JsonNode payload, EventEnvelope envelope) {
        JsonNode newer = payload;
        for (Upcaster upcaster : upcasters.subList(envelope.eventVersion() - oldest, upcasters.size())) {
            newer = upcaster.upcast(newer, envelope);
        }
        return newer;
    }
}
