package dev.aftercommit.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which event the running thread handles. A consumer binds it around the call of a handler, and whatever emits on the same
 * thread meanwhile carries the chain on. Thread-safe; a thread that the handler starts handles nothing.
 */
public final class EventContext {
    private static final ThreadLocal<@Nullable EventEnvelope> HANDLED = new ThreadLocal<>();
    /** These belong together: an own span with another's state would be neither's. */
    private static final Set<String> TRACE =
            Set.of(HeaderNames.TRACEPARENT, HeaderNames.TRACESTATE, HeaderNames.BAGGAGE);

    private EventContext() {}

    /** What is done while an event is handled. */
    @FunctionalInterface
    public interface Handling {
        void run() throws Throwable;
    }

    /** Runs what handles an event, on this thread; throws what that throws. */
    public static void handling(EventEnvelope event, Handling work) throws Throwable {
        EventEnvelope outer = HANDLED.get();
        HANDLED.set(event);
        try {
            work.run();
        } finally {
            if (outer == null) {
                HANDLED.remove();
            } else {
                HANDLED.set(outer);
            }
        }
    }

    /** The event that this thread handles; null when it handles none. */
    public static @Nullable EventEnvelope handled() {
        return HANDLED.get();
    }

    /**
     * The headers of an event that is emitted on this thread: its own, and where it has none of a name (in any case) those of
     * the event that is handled. {@code correlationid} is the handled one's, or else its id, so that it is the id of the
     * first event of a chain; {@code causationid} is its id. {@code traceparent}, {@code tracestate} and {@code baggage} come
     * together, unless the event has one of them.
     *
     * @param own returned as it is while nothing is handled
     */
    public static Map<String, String> carryOn(Map<String, String> own) {
        EventEnvelope event = HANDLED.get();
        if (event == null) {
            return own;
        }
        Map<String, String> handled = event.headers();
        String id = event.eventId().toString();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(own.keySet());
        Map<String, String> all = new HashMap<>(own);
        if (names.add(HeaderNames.CORRELATIONID)) {
            all.put(HeaderNames.CORRELATIONID, handled.getOrDefault(HeaderNames.CORRELATIONID, id));
        }
        if (names.add(HeaderNames.CAUSATIONID)) {
            all.put(HeaderNames.CAUSATIONID, id);
        }
        if (TRACE.stream().noneMatch(names::contains)) {
            handled.forEach((name, value) -> {
                if (TRACE.contains(name)) {
                    all.put(name, value);
                }
            });
        }
        return all;
    }
}
