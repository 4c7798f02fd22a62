package dev.aftercommit.testkit.internal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChanceTest {
    private static final List<String> AGGREGATES = List.of("a", "a", "b", "a", "c", "b", "c", "a");

    @Test
    void everyScheduleHasEachEventOnceAndEachAggregateInOrder() {
        for (int seed = 0; seed < 2_000; seed++) {
            List<Integer> order = schedule(seed).events();
            assertThat(order)
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 8).boxed().toList());
            for (String aggregate : Set.copyOf(AGGREGATES)) {
                assertThat(order.stream().filter(event -> AGGREGATES.get(event).equals(aggregate)))
                        .as("seed %d", seed)
                        .isSorted();
            }
        }
    }

    @Test
    void everythingThatMayHappenDoes() {
        Set<List<Integer>> orders = new HashSet<>();
        Set<Fault> faults = new HashSet<>();
        Set<Integer> sizes = new HashSet<>();
        Set<Boolean> again = new HashSet<>();
        for (int seed = 0; seed < 50_000; seed++) {
            Schedule schedule = schedule(seed);
            orders.add(schedule.events());
            assertThat(schedule.batches().getFirst().events())
                    .as("what is there before the consumer")
                    .hasSize(1);
            assertThat(schedule.batches().getLast().again()).isFalse();
            for (Batch batch : schedule.batches()) {
                faults.add(batch.fault());
                sizes.add(batch.events().size());
                again.add(batch.again());
            }
        }
        assertThat(orders).as("of the 8! / (4! 2! 2!) that there are").hasSize(420);
        assertThat(faults).containsExactlyInAnyOrder(Fault.values());
        assertThat(sizes).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(again).hasSize(2);
    }

    @Test
    void theSameSeedGivesTheSameSchedule() {
        assertThat(schedule(42)).isEqualTo(schedule(42)).isNotEqualTo(schedule(43));
    }

    private static Schedule schedule(long seed) {
        return new Chance(new SplittableRandom(seed)).schedule(AGGREGATES);
    }
}
