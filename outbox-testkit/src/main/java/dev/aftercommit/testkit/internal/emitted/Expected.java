package dev.aftercommit.testkit.internal.emitted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.EventDescriptor;
import dev.aftercommit.testkit.EmittedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An event that a test expects. The same event is one that consumers read as the same. */
public final class Expected {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Object event;
    private final EventCodec codec;
    private final EventDescriptor descriptor;

    /**
     * @throws AftercommitException when the object is no domain event, or has no aggregate id
     */
    public Expected(Object event, EventCodec codec) {
        this.event = event;
        this.codec = codec;
        this.descriptor = EventDescriptor.of(event.getClass());
    }

    public boolean is(EmittedEvent emitted) {
        return differences(emitted).isEmpty();
    }

    /** What is not as expected, in words; empty when it is the same event. */
    public List<String> differences(EmittedEvent emitted) {
        List<String> differences = new ArrayList<>();
        compare("event type", descriptor.eventType(), emitted.eventType(), differences);
        compare("version", descriptor.version(), emitted.version(), differences);
        compare("aggregate type", descriptor.aggregateType(), emitted.aggregateType(), differences);
        compare("aggregate id", descriptor.aggregateIdOf(event), emitted.aggregateId(), differences);
        if (differences.isEmpty()) {
            @Nullable String payload = payloadDifference(emitted);
            if (payload != null) {
                differences.add(payload);
            }
        }
        return differences;
    }

    /** As the outbox would show it. */
    public String describe() {
        return descriptor.eventType() + (descriptor.version() == 1 ? "" : " v" + descriptor.version()) + " of "
                + descriptor.aggregateType() + '/' + descriptor.aggregateIdOf(event) + ' ' + codec.write(event);
    }

    private @Nullable String payloadDifference(EmittedEvent emitted) {
        String expected = codec.write(event);
        String read;
        try {
            read = codec.write(emitted.read(codec, event.getClass()));
        } catch (AftercommitException e) {
            return "the payload cannot be read as " + event.getClass().getSimpleName() + ": " + e.getMessage();
        }
        return tree(read).equals(tree(expected))
                ? null
                : "the payload reads as " + read
                        + (tree(emitted.payload()).equals(tree(expected))
                                ? ", though it was written as expected: the class does not survive to be written and read"
                                : " instead of " + expected);
    }

    private static void compare(String what, Object expected, Object emitted, List<String> differences) {
        if (!Objects.equals(expected, emitted)) {
            differences.add("the " + what + " is " + emitted + " instead of " + expected);
        }
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL took for JSON what Jackson does not", e);
        }
    }
}
