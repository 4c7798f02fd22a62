package dev.aftercommit.consumer.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AggregateId;
import dev.aftercommit.contract.DomainEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"unused", "UnusedMethod"}) // looked at by reflection
final class ReturnedEventsTest {
    sealed interface Told permits Welcomed, Noted {}

    @DomainEvent(aggregateType = "mail", type = "Welcomed")
    record Welcomed(@AggregateId String account) implements Told {}

    @DomainEvent(aggregateType = "mail", type = "Noted")
    record Noted(@AggregateId String account) implements Told {}

    interface Fine {
        void nothing();

        Welcomed one();

        Told oneOfSeveral();

        Optional<Welcomed> perhaps();

        List<Told> several();

        Set<? extends Told> anyOf();

        Stream<Object> mixed();

        List<?> unknown();
    }

    @Test
    void aHandlerMayReturnEventsInAllTheseWays() {
        assertThat(Fine.class.getDeclaredMethods())
                .hasSize(8)
                .allSatisfy(method -> assertThat(ReturnedEvents.problem(method)).isNull());
    }

    @Test
    void theEventsAreFoundInWhatWasReturnedInTheirOrder() {
        Welcomed welcomed = new Welcomed("1");
        Noted noted = new Noted("1");
        AtomicBoolean closed = new AtomicBoolean();
        assertThat(ReturnedEvents.in(null)).isEmpty();
        assertThat(ReturnedEvents.in(welcomed)).containsExactly(welcomed);
        assertThat(ReturnedEvents.in(Optional.of(welcomed))).containsExactly(welcomed);
        assertThat(ReturnedEvents.in(Optional.empty())).isEmpty();
        assertThat(ReturnedEvents.in(Arrays.asList(noted, welcomed))).containsExactly(noted, welcomed);
        assertThat(ReturnedEvents.in(Stream.of(welcomed, noted).onClose(() -> closed.set(true))))
                .containsExactly(welcomed, noted);
        assertThat(closed).isTrue();
    }
}
