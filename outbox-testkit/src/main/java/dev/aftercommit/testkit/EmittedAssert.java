package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.testkit.internal.emitted.Expected;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on what a block of code emitted. An event is as expected when its event type, version, aggregate type and
 * aggregate id are, and its payload, read as the event's class, gives the same event again. Failures tell all that was emitted.
 */
public final class EmittedAssert extends AbstractAssert<EmittedAssert, List<EmittedEvent>> {
    private final EventCodec codec;

    EmittedAssert(List<EmittedEvent> emitted, EventCodec codec) {
        super(emitted, EmittedAssert.class);
        this.codec = codec;
    }

    /** These events in this order, and no others. */
    public EmittedAssert containsExactly(Object... events) {
        List<Expected> expected = expected(events);
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            List<String> differences = expected.get(i).differences(actual.get(i));
            if (!differences.isEmpty()) {
                problems.add("event " + (i + 1) + ": " + String.join(", ", differences));
            }
        }
        for (int i = actual.size(); i < expected.size(); i++) {
            problems.add("event " + (i + 1) + " is missing");
        }
        for (int i = expected.size(); i < actual.size(); i++) {
            problems.add("event " + (i + 1) + " is one too many");
        }
        return require(problems, "exactly, in this order,", expected);
    }

    /** These events in any order, and no others: for code that emits in several transactions at a time. */
    public EmittedAssert containsExactlyInAnyOrder(Object... events) {
        List<EmittedEvent> unmatched = new ArrayList<>(actual);
        List<String> problems = missing(expected(events), unmatched);
        unmatched.forEach(event -> problems.add("not expected: " + event));
        return require(problems, "exactly, in any order,", expected(events));
    }

    /** These events, and maybe others. */
    public EmittedAssert contains(Object... events) {
        return require(missing(expected(events), new ArrayList<>(actual)), "among others", expected(events));
    }

    /** Nothing at all. */
    public EmittedAssert isEmpty() {
        return actual.isEmpty() ? this : require(List.of("nothing should have been"), "no event", List.of());
    }

    /** The one event that there must be. */
    public EmittedEventAssert singleElement() {
        if (actual.size() != 1) {
            require(List.of("there are " + actual.size()), "exactly one event", List.of());
        }
        return element(0);
    }

    /**
     * One of the events.
     *
     * @param index from 0
     */
    public EmittedEventAssert element(int index) {
        if (index >= actual.size()) {
            require(List.of("there are " + actual.size()), "at least " + (index + 1) + " events", List.of());
        }
        return new EmittedEventAssert(actual.get(index), codec);
    }

    private List<Expected> expected(Object... events) {
        return Stream.of(events).map(event -> new Expected(event, codec)).toList();
    }

    /** Takes each match out of the events that were emitted. */
    private static List<String> missing(List<Expected> expected, List<EmittedEvent> emitted) {
        List<String> missing = new ArrayList<>();
        for (Expected each : expected) {
            emitted.stream()
                    .filter(each::is)
                    .findFirst()
                    .ifPresentOrElse(emitted::remove, () -> missing.add("missing: " + each.describe()));
        }
        return missing;
    }

    private EmittedAssert require(List<String> problems, String what, List<Expected> expected) {
        if (!problems.isEmpty()) {
            failWithMessage(
                    "%s",
                    "Expected " + what + lines(expected.stream().map(Expected::describe))
                            + "\nbut emitted was" + (actual.isEmpty() ? " nothing" : lines(actual.stream()))
                            + "\n" + String.join("\n", problems));
        }
        return this;
    }

    private static String lines(Stream<?> events) {
        return events.map(event -> "\n  " + event).reduce("", String::concat);
    }
}
