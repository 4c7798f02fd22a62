package dev.aftercommit.consumer.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.consumer.RetryPolicy;
import dev.aftercommit.consumer.UnreadablePolicy;
import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.contract.EventEnvelope;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which events a handler is called with that takes several. */
final class CallRangeTest {
    @DomainEvent(aggregateType = "account", type = "Many")
    record Many(@AggregateId String account) {}

    @DomainEvent(aggregateType = "account", type = "One")
    record One(@AggregateId String account) {}

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // found by reflection
    static class Handlers {
        @Handles(Many.class)
        void many(List<Many> events) {}

        @Handles(One.class)
        void one(One event) {}
    }

    private final Map<EventType, HandlerMethod> methods = HandlerScan.of(List.of(new Handlers()), RetryPolicy.DEFAULT);
    private final EventHandlers handlers = new EventHandlers(
            methods,
            EventReader.of(new JsonEventCodec(), List.of()),
            new UnreadableEvents(UnreadablePolicy.PARK, "directory/accounts"),
            ReturnedEvents.of(methods.values(), null),
            new Interceptors("directory", List.of()));

    @Test
    void thoseThatFollowEachOtherAreOneCallAndNoneIsCalledBeforeAnEarlierOne() {
        assertThat(calls("Many", "Many", "One", "One", "Many", "Many", "Many"))
                .containsExactly(new CallRange(0, 2), new CallRange(2, 1), new CallRange(3, 1), new CallRange(4, 3));
    }

    @Test
    void aTypeThatNobodyHandlesStandsAlone() {
        assertThat(calls("Unknown", "Unknown", "Many")).hasSize(3);
    }

    private List<CallRange> calls(String... types) {
        return handlers.calls(Stream.of(types).map(CallRangeTest::envelope).toList());
    }

    private static EventEnvelope envelope(String type) {
        return new EventEnvelope(
                new UUID(0, 1),
                "accounts",
                "account",
                "a",
                type,
                1,
                EventEnvelope.JSON,
                Instant.EPOCH,
                new OutboxPosition(1, 8, 0),
                0,
                Map.of());
    }
}
