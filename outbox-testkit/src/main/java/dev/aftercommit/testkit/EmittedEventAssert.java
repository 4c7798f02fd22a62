package dev.aftercommit.testkit;

import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.testkit.internal.emitted.Expected;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on one event that was emitted. */
public final class EmittedEventAssert extends AbstractAssert<EmittedEventAssert, EmittedEvent> {
    private final EventCodec codec;

    EmittedEventAssert(EmittedEvent emitted, EventCodec codec) {
        super(emitted, EmittedEventAssert.class);
        this.codec = codec;
    }

    /** It is this event, as {@link EmittedAssert} says. */
    public EmittedEventAssert isEvent(Object event) {
        Expected expected = new Expected(event, codec);
        List<String> differences = expected.differences(actual);
        if (!differences.isEmpty()) {
            fail("Expected\n  " + expected.describe() + "\nbut emitted was\n  " + actual + "\n"
                    + String.join(", ", differences));
        }
        return this;
    }

    /** Its aggregate, by which it is ordered. */
    public EmittedEventAssert hasAggregate(String type, String id) {
        if (!actual.aggregateType().equals(type) || !actual.aggregateId().equals(id)) {
            fail("Expected an event of " + type + '/' + id + " but emitted was\n  " + actual);
        }
        return this;
    }

    /** It carries this header. */
    public EmittedEventAssert hasHeader(String name, String value) {
        @Nullable String there = actual.headers().get(name);
        if (!Objects.equals(there, value)) {
            fail("Expected the header " + name + " = " + value + " but "
                    + (there == null ? "there is none" : "it is " + there) + " in\n  " + actual);
        }
        return this;
    }

    /** It carries no header of this name. */
    public EmittedEventAssert hasNoHeader(String name) {
        if (actual.headers().containsKey(name)) {
            fail("Expected no header " + name + " but there is one in\n  " + actual);
        }
        return this;
    }

    private void fail(String message) {
        failWithMessage("%s", message);
    }
}
