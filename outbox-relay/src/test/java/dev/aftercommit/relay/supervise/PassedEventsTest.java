package dev.aftercommit.relay.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PassedEventsTest {
    private final HandClock clock = new HandClock();
    private final PassedEvents passed = new PassedEvents(clock);

    @Test
    void thereAreNoneToHealUntilOneHasPassed() {
        clock.pass(Duration.ofMinutes(1));
        passed.end();
        assertThat(passed.isEmpty()).isTrue();
        assertThat(passed.toHeal()).isEmpty();
    }

    @Test
    void theyAreHealedTogetherWhenNoOtherComes() {
        List<UUID> events = add(3);
        assertThat(passed.isEmpty()).isFalse();
        assertThat(passed.toHeal()).isEmpty();
        passed.end();
        assertThat(passed.toHeal()).isEqualTo(events);
    }

    @Test
    void othersAreWaitedForFiveSecondsFromTheFirst() {
        List<UUID> events = add(1);
        clock.pass(Duration.ofSeconds(4));
        assertThat(passed.toHeal()).isEmpty();
        List<UUID> later = add(1);
        clock.pass(Duration.ofSeconds(1));
        assertThat(passed.toHeal()).containsExactly(events.getFirst(), later.getFirst());
    }

    @Test
    void soManyAreHealedAndTheOthersComeAgain() {
        List<UUID> events = add(20_000);
        add(1);
        assertThat(passed.toHeal()).isEqualTo(events);
    }

    private List<UUID> add(int count) {
        List<UUID> events = Stream.generate(UUID::randomUUID).limit(count).toList();
        events.forEach(passed::add);
        return events;
    }
}
