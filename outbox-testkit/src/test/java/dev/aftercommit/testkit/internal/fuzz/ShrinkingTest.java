package dev.aftercommit.testkit.internal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ShrinkingTest {
    private static final List<String> AGGREGATES = List.of("a", "a", "b", "a", "c", "b", "c", "a", "d", "d");

    @Test
    void anEventThatIsHandledTwiceIsLeftAloneWithItsFault() {
        Predicate<Schedule> fails = schedule -> schedule.batches().stream()
                .anyMatch(batch -> batch.events().contains(4) && batch.fault() == Fault.CONNECTION_LOST);
        assertShrinksTo(fails, new Schedule(List.of(new Batch(List.of(4), Fault.CONNECTION_LOST, false))));
    }

    @Test
    void anOrderOfTwoAggregatesIsLeftWithTheTwoEventsThatMakeIt() {
        Predicate<Schedule> fails = schedule -> schedule.events().containsAll(List.of(2, 8))
                && schedule.events().indexOf(8) < schedule.events().indexOf(2);
        assertShrinksTo(fails, new Schedule(List.of(Batch.of(8), Batch.of(2))));
    }

    @Test
    void whatFailsForASharedTransactionIsLeftWithTwoEventsInOne() {
        Predicate<Schedule> fails = schedule ->
                schedule.batches().stream().anyMatch(batch -> batch.events().containsAll(List.of(5, 6)));
        for (Schedule failing : failing(fails)) {
            Schedule smallest = new Shrinking(fails, 1_000).shrink(failing);
            assertThat(smallest.batches())
                    .singleElement()
                    .satisfies(batch -> assertThat(batch.events()).containsExactlyInAnyOrder(5, 6));
        }
    }

    @Test
    void noCandidateBreaksTheOrderOfAnAggregate() {
        for (int seed = 0; seed < 500; seed++) {
            Schedule schedule = new Chance(new SplittableRandom(seed)).schedule(AGGREGATES);
            for (Schedule smaller : new Shrinking(any -> true, 0).smaller(schedule)) {
                for (String aggregate : List.of("a", "b", "c", "d")) {
                    assertThat(smaller.events().stream()
                                    .filter(event -> AGGREGATES.get(event).equals(aggregate)))
                            .isSorted();
                }
            }
        }
    }

    @Test
    void itStopsAfterSoManySchedules() {
        AtomicInteger played = new AtomicInteger();
        Predicate<Schedule> fails = schedule -> {
            played.incrementAndGet();
            return true;
        };
        new Shrinking(fails, 3).shrink(Schedule.inOrder(10));
        assertThat(played).hasValue(3);
    }

    private static void assertShrinksTo(Predicate<Schedule> fails, Schedule smallest) {
        for (Schedule failing : failing(fails)) {
            assertThat(new Shrinking(fails, 1_000).shrink(failing)).isEqualTo(smallest);
        }
    }

    private static List<Schedule> failing(Predicate<Schedule> fails) {
        List<Schedule> failing = new SplittableRandom(1)
                .longs(5_000)
                .mapToObj(seed -> new Chance(new SplittableRandom(seed)).schedule(AGGREGATES))
                .filter(fails)
                .limit(50)
                .toList();
        assertThat(failing).hasSize(50);
        return failing;
    }
}
