package dev.aftercommit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EventContextTest {
    private static final Map<String, String> TRACE =
            Map.of("traceparent", "00-1-2-01", "tracestate", "a=b", "baggage", "tenant=blue");

    @Test
    void anEventThatIsEmittedByNoHandlerHasItsOwnHeadersOnly() {
        Map<String, String> own = Map.of("tenant", "blue");
        assertThat(EventContext.carryOn(own)).isSameAs(own);
        assertThat(EventContext.handled()).isNull();
    }

    @Test
    void theFirstEventOfAChainGivesItItsId() throws Throwable {
        EventEnvelope first = event(Map.of("tenant", "blue"));
        assertThat(headersIn(first, Map.of()))
                .containsOnly(
                        Map.entry("correlationid", first.eventId().toString()),
                        Map.entry("causationid", first.eventId().toString()));

        EventEnvelope second = event(headersIn(first, TRACE));
        assertThat(headersIn(second, Map.of("own", "1")))
                .containsAllEntriesOf(TRACE)
                .containsEntry("correlationid", first.eventId().toString())
                .containsEntry("causationid", second.eventId().toString())
                .containsEntry("own", "1")
                .hasSize(6);
    }

    @Test
    void whatTheEmitterSetsWinsWhateverItsCase() throws Throwable {
        EventEnvelope handled = event(TRACE);
        assertThat(headersIn(handled, Map.of("Correlationid", "x", "causationid", "y", "TraceParent", "z")))
                .containsOnly(
                        Map.entry("Correlationid", "x"), Map.entry("causationid", "y"), Map.entry("TraceParent", "z"));
    }

    @Test
    void whatIsHandledInsideAnotherEndsWithItAlsoWhenItFails() throws Throwable {
        EventEnvelope outer = event(Map.of());
        EventEnvelope inner = event(Map.of());
        List<@Nullable EventEnvelope> seen = new ArrayList<>();
        EventContext.handling(outer, () -> {
            assertThatThrownBy(() -> EventContext.handling(inner, () -> {
                        seen.add(EventContext.handled());
                        throw new InterruptedException();
                    }))
                    .isInstanceOf(InterruptedException.class);
            seen.add(EventContext.handled());
            Thread.ofVirtual().start(() -> seen.add(EventContext.handled())).join();
        });
        assertThat(seen).containsExactly(inner, outer, null);
        assertThat(EventContext.handled()).isNull();
    }

    private static Map<String, String> headersIn(EventEnvelope handled, Map<String, String> own) throws Throwable {
        List<Map<String, String>> headers = new ArrayList<>();
        EventContext.handling(handled, () -> headers.add(EventContext.carryOn(own)));
        return headers.getFirst();
    }

    private static EventEnvelope event(Map<String, String> headers) {
        return new EventEnvelope(
                UUID.randomUUID(),
                "accounts",
                "account",
                "1",
                "AccountCreated",
                1,
                EventEnvelope.JSON,
                Instant.EPOCH,
                new OutboxPosition(1, 8, 0),
                0,
                headers);
    }
}
